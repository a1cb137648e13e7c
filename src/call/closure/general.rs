//! Closures of any signature. libffi makes the code; where the arguments are in the registers and on
//! the stack that it hands over is ours to know, where there is an image of the signature.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use libffi::raw::{self, ffi_cif, ffi_closure};

use super::place::{Parts, Place, Pool};
use super::slot::Slot;
use crate::call::cif::Cif;
use crate::call::image::Image;
use crate::call::native::{Convention, NativeType};
use crate::error::{Error, Result, Status};
use crate::fork::Once;

/// So many ended closures stay callable.
const KEPT: usize = 1024;

/// A libffi closure, which is never given back, and what its code refers to.
pub(super) struct Memory {
    closure: *mut ffi_closure,
    general: &'static General,
    layout: Option<Box<Layout>>,
}

/// What the code of a closure is given.
struct General {
    slot: Slot,
    layout: AtomicPtr<Layout>,
}

/// Where the arguments of a signature are.
struct Layout {
    /// `None` if libffi finds them.
    image: Option<Image>,
    count: usize,
    /// Bytes of a result that is smaller than a word and has no more room where it is stored: a
    /// small block, which C may ask for in memory of its own.
    small: usize,
    cif: Cif,
}

impl Layout {
    fn new(params: &[NativeType], returns: &NativeType, convention: Convention) -> Result<Layout> {
        let image = Image::new(params, returns, convention);
        let cif = match &image {
            Some(image) => {
                let returned = image.returned(returns)?;
                Cif::new(&image.registers(), &returned, None, convention)?
            }
            None => Cif::new(params, returns, None, convention)?,
        };
        let small = match returns {
            NativeType::Aggregate { size, .. } if *size < 8 => *size,
            _ => 0,
        };
        Ok(Layout { image, count: params.len(), small, cif })
    }
}

static ENDED: Pool = Pool::new();

pub(super) fn take(
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<Place> {
    let mut place = any()?;
    sign(&mut place, params, returns, convention)?;
    Ok(place)
}

/// Code whose signature is not known yet: it finds no arguments, and whoever calls it finds its result
/// where a scalar is.
pub(super) fn reserve() -> Result<Place> {
    static LAYOUT: Once<Layout> = Once::new();
    let returns = any_scalar();
    let layout = match LAYOUT.get() {
        Some(layout) => layout,
        None => LAYOUT.get_or_set(Layout::new(&[], &returns, Convention::Default)?),
    };
    let mut place = any()?;
    prepare(&mut place, layout)?;
    place.slot().reserve(returns.size());
    Ok(place)
}

/// What is returned in the registers of every scalar.
fn any_scalar() -> NativeType {
    if cfg!(all(target_arch = "x86_64", unix)) {
        let elements = vec![NativeType::I64, NativeType::F64];
        return NativeType::Aggregate { size: 16, align: 8, elements };
    }
    NativeType::I64
}

fn any() -> Result<Place> {
    match ENDED.take(KEPT) {
        Some(place) => Ok(place),
        None => allocate(),
    }
}

fn allocate() -> Result<Place> {
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
    let general = General { slot: Slot::new(), layout: AtomicPtr::new(ptr::null_mut()) };
    let general: &'static General = Box::leak(Box::new(general));
    let slot = &general.slot;
    let memory = Some(Box::new(Memory { closure: closure.cast(), general, layout: None }));
    let code = code.cast_const().cast();
    Ok(Place::new(Parts { code, slot, pool: &ENDED, memory }))
}

/// Gives a closure that nobody calls another signature.
pub(super) fn sign(
    place: &mut Place,
    params: &[NativeType],
    returns: &NativeType,
    convention: Convention,
) -> Result<()> {
    let layout = Box::new(Layout::new(params, returns, convention)?);
    prepare(place, &layout)?;
    if let Some(memory) = place.memory() {
        memory.layout = Some(layout);
    }
    Ok(())
}

/// Makes the closure's code that of a layout, which lives until the closure gets another.
fn prepare(place: &mut Place, layout: &Layout) -> Result<()> {
    let code = place.code().cast_mut().cast();
    let Some(memory) = place.memory() else { return Ok(()) };
    let cif = layout.cif.as_raw();
    // SAFETY: `run` may be left by an exception, which libffi's declaration does not say; the
    // frames between, libffi's own, have unwind tables. The slot lives for ever, and the signature
    // until the closure gets another.
    let status = unsafe {
        let run = std::mem::transmute::<
            unsafe extern "C-unwind" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
            unsafe extern "C" fn(*mut ffi_cif, *mut c_void, *mut *mut c_void, *mut c_void),
        >(run);
        let general = ptr::from_ref(memory.general).cast_mut().cast();
        raw::ffi_prep_closure_loc(memory.closure, cif, Some(run), general, code)
    };
    if status != raw::ffi_status_FFI_OK {
        return Err(Error::new(
            Status::Unsupported,
            format!("libffi cannot make a callback with this signature (status {status})"),
        ));
    }
    memory.general.layout.store(ptr::from_ref(layout).cast_mut(), Ordering::Release);
    Ok(())
}

unsafe extern "C-unwind" fn run(
    _: *mut ffi_cif,
    result: *mut c_void,
    arguments: *mut *mut c_void,
    general: *mut c_void,
) {
    // SAFETY: `prepare` gave the place and its signature; libffi gives the call, of the registers
    // where there is an image.
    unsafe {
        let general: &'static General = &*general.cast::<General>();
        let layout = &*general.layout.load(Ordering::Acquire);
        // When the call has left, the closure may have another layout.
        let (slot, small) = (&general.slot, layout.small);
        let mut word = 0_u64;
        let place = if small == 0 { result.cast() } else { &raw mut word };
        match &layout.image {
            None => slot.enter()(slot, arguments.cast(), place),
            Some(image) => image.gather(layout.count, arguments.cast(), |arguments| {
                slot.enter()(slot, arguments.cast_mut().cast(), place);
            }),
        }
        if small > 0 {
            result.cast::<u8>().copy_from_nonoverlapping(place.cast(), small);
        }
    }
}
