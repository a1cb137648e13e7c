//! Closures of any signature. libffi makes the code; where the arguments are in the registers and on
//! the stack that it hands over is ours to know, where there is an image of the signature.
//!
//! Calls are in libffi's code before they are in ours, and nobody knows of them there: one that began
//! before its closure ended may be late, and read what libffi was told of the signature when the
//! closure has got another. So that is never given back. Where there are images there are few of them,
//! one for each choice of registers; else as many as there are signatures.

use std::collections::{HashMap, VecDeque};
use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use libffi::raw::{self, ffi_cif, ffi_closure};

use super::KEPT;
use super::slot::{ClosureSlot, SlotOrigin};
use crate::call::libffi::cif::Cif;
use crate::call::moves::Moves;
use crate::call::plan::native_type::{Convention, NativeType};
use crate::error::{Error, Result, Status};
use crate::fork::Lock;
use crate::handle::pin;

/// What the code of a libffi closure is given. Neither is ever given back.
#[repr(C)]
struct LibffiClosure {
    /// First: a slot is found by its code, and this by its slot.
    slot: ClosureSlot,
    code: *const (),
    closure: *mut ffi_closure,
    /// Changed while no call is inside.
    layout: AtomicPtr<ArgumentLayout>,
}

// SAFETY: only addresses.
unsafe impl Sync for LibffiClosure {}

/// Where the arguments of a signature are.
struct ArgumentLayout {
    /// `None` if libffi finds them.
    image: Option<Moves>,
    count: usize,
    /// Bytes of a result that is smaller than a word and has no more room where it is stored: a
    /// small block, which C may ask for in memory of its own.
    small: usize,
    cif: &'static Cif,
}

/// What libffi is told of a signature.
#[derive(PartialEq, Eq, Hash)]
struct CifKey {
    params: Vec<NativeType>,
    returns: NativeType,
    convention: Convention,
}

/// All that it was ever told.
static CIFS: Lock<Option<HashMap<CifKey, &'static Cif>>> = Lock::new(None);

impl CifKey {
    fn cif(self) -> Result<&'static Cif> {
        let known = |told: &CifKey| CIFS.lock().as_ref()?.get(told).copied();
        if let Some(cif) = known(&self) {
            return Ok(cif);
        }
        let cif = Cif::new(&self.params, &self.returns, None, self.convention)?;
        let mut all = CIFS.lock();
        let all = all.get_or_insert_default();
        Ok(*all.entry(self).or_insert_with(|| Box::leak(Box::new(cif))))
    }
}

impl ArgumentLayout {
    fn new(
        params: &[NativeType],
        returns: &NativeType,
        convention: Convention,
    ) -> Result<ArgumentLayout> {
        let image = Moves::new(params, returns, convention);
        let (params_told, returned) = match &image {
            Some(image) => (image.registers(), image.returned(returns)?),
            None => (params.to_vec(), returns.clone()),
        };
        let cif = CifKey { params: params_told, returns: returned, convention }.cif()?;
        let small = if is_small(returns) { returns.size() } else { 0 };
        Ok(ArgumentLayout { image, count: params.len(), small, cif })
    }
}

/// Whether a result has less room than a word where it is stored.
pub(super) fn is_small(returns: &NativeType) -> bool {
    matches!(returns, NativeType::Aggregate { size, .. } if *size < 8)
}

/// Those whose closures have ended, the longest ago first.
static POOL: Lock<VecDeque<&'static LibffiClosure>> = Lock::new(VecDeque::new());

/// A closure of a signature.
pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<&'static ClosureSlot> {
    let layout = Box::new(ArgumentLayout::new(params, returns, convention)?);
    let ended = {
        let mut pool = POOL.lock();
        if pool.len() > KEPT { pool.pop_front() } else { None }
    };
    let general = match ended {
        Some(general) => general,
        None => allocate()?,
    };
    general.prepare(layout).inspect_err(|_| give_back(&general.slot))?;
    Ok(&general.slot)
}

/// Code whose signature is not known yet: it finds no arguments, and whoever calls it finds its result
/// where a scalar is.
pub(super) fn reserve() -> Result<&'static ClosureSlot> {
    let returns = any_scalar();
    let slot = take(&[], &returns, Convention::Default)?;
    slot.reserve(returns.size());
    Ok(slot)
}

/// What is returned in the registers of every scalar.
fn any_scalar() -> NativeType {
    if cfg!(all(target_arch = "x86_64", unix)) {
        let elements = vec![NativeType::I64, NativeType::F64];
        return NativeType::Aggregate { size: 16, align: 8, elements };
    }
    NativeType::I64
}

/// Gives a closure that nobody calls another signature.
pub(super) fn sign(
    slot: &'static ClosureSlot,
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<()> {
    LibffiClosure::of(slot).prepare(Box::new(ArgumentLayout::new(params, returns, convention)?))
}

/// Takes back what [`take`] gave.
pub(super) fn give_back(slot: &'static ClosureSlot) {
    POOL.lock().push_back(LibffiClosure::of(slot));
}

/// The function pointer of a slot.
pub(super) fn code(slot: &'static ClosureSlot) -> *const () {
    LibffiClosure::of(slot).code
}

fn allocate() -> Result<&'static LibffiClosure> {
    let mut code = ptr::null_mut();
    // SAFETY: libffi writes the code's address.
    let closure = unsafe { raw::ffi_closure_alloc(size_of::<ffi_closure>(), &raw mut code) };
    if closure.is_null() {
        return Err(Error::new(
            Status::OutOfMemory,
            "no memory for a callback's code: the system allows neither static trampolines nor \
             executable mappings",
        ));
    }
    Ok(Box::leak(Box::new(LibffiClosure {
        slot: ClosureSlot::of(SlotOrigin::Libffi),
        code: code.cast_const().cast(),
        closure: closure.cast(),
        layout: AtomicPtr::new(ptr::null_mut()),
    })))
}

impl LibffiClosure {
    fn of(slot: &'static ClosureSlot) -> &'static LibffiClosure {
        // SAFETY: the slots of libffi closures are each the first part of one.
        unsafe { &*ptr::from_ref(slot).cast::<LibffiClosure>() }
    }

    /// Gives the closure another signature.
    fn prepare(&'static self, layout: Box<ArgumentLayout>) -> Result<()> {
        let (cif, general) = (layout.cif.as_raw(), ptr::from_ref(self).cast_mut().cast());
        // SAFETY: `run` may be left by an exception, which libffi's declaration does not say; the
        // frames between, libffi's own, have unwind tables. This lives for ever, and so does what
        // libffi is told of the signature.
        let status = unsafe {
            let run = std::mem::transmute::<
                unsafe extern "C-unwind" fn(
                    *mut ffi_cif,
                    *mut c_void,
                    *mut *mut c_void,
                    *mut c_void,
                ),
                unsafe extern "C" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
            >(run);
            let code = self.code.cast_mut().cast();
            raw::ffi_prep_closure_loc(self.closure, cif, Some(run), general, code)
        };
        if status != raw::ffi_status_FFI_OK {
            return Err(Error::unsupported(format!(
                "libffi cannot make a callback with this signature (status {status})"
            )));
        }
        let before = self.layout.swap(Box::into_raw(layout), Ordering::AcqRel);
        if !before.is_null() {
            // SAFETY: of a box; its closure has ended, and no call has the slot pinned, which alone
            // looks at it.
            drop(unsafe { Box::from_raw(before) });
        }
        Ok(())
    }
}

unsafe extern "C-unwind" fn run(
    _: *mut ffi_cif,
    result: *mut c_void,
    arguments: *mut *mut c_void,
    general: *mut c_void,
) {
    // SAFETY: `prepare` gave this; libffi gives the call, of the registers where there is an image.
    unsafe {
        let general: &'static LibffiClosure = &*general.cast::<LibffiClosure>();
        let (slot, scope) = (&general.slot, pin::enter());
        let Some(inside) = slot.pinned(&scope) else {
            return slot.refuse(result.cast());
        };
        let layout = &*general.layout.load(Ordering::Acquire);
        let mut word = 0_u64;
        let place = if layout.small == 0 { result.cast() } else { &raw mut word };
        match &layout.image {
            None => inside.call(arguments.cast(), place),
            Some(image) => image.gather(layout.count, arguments.cast(), |arguments| {
                inside.call(arguments.cast_mut().cast(), place);
            }),
        }
        if layout.small > 0 {
            result.cast::<u8>().copy_from_nonoverlapping(place.cast(), layout.small);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libffi_is_told_once_of_signatures_with_the_same_registers() {
        let told = |params: &[NativeType]| {
            let layout =
                ArgumentLayout::new(params, &NativeType::I32, Convention::Default).unwrap();
            ptr::from_ref(layout.cif)
        };
        let record = |words: usize| {
            let elements = vec![NativeType::I64; words];
            NativeType::Aggregate { size: 8 * words, align: 8, elements }
        };
        let first = told(&[record(3), NativeType::I32]);
        assert_eq!(first, told(&[record(3), NativeType::I32]), "it is kept");
        if cfg!(all(target_arch = "x86_64", unix)) {
            for words in 4..40 {
                assert_eq!(first, told(&[record(words), NativeType::Pointer]));
            }
        }
        assert_ne!(first, told(&[NativeType::F64, record(3), NativeType::I32]));
    }
}
