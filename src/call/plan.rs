//! [`Plan`]: what a call needs to know of a signature.

pub(super) mod default_mapping;
pub(super) mod frame;
pub(super) mod interned;
pub mod native_type;
pub mod scalar;
pub(super) mod texts;
pub(super) mod type_word;

use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use self::default_mapping::native_types;
use self::frame::MAX_SLOTS;
use self::interned::{Digest, Interned};
use self::native_type::NativeType;
use self::type_word::type_word;
use crate::abi::{metaffi_type, metaffi_type_info};
use crate::error::{Error, Result};
use crate::fork::Once;
use crate::handle;
use crate::signature::{Kind, Signature, Type, TypeInfo, slots_of};

/// The types of a signature and the layout of its frames: one for all functions that have the types,
/// whatever their parameters are called.
pub struct Plan {
    /// Of the parameters, then of the returns.
    types: Box<[TypeInfo]>,
    /// The same as a call sees them.
    layouts: Box<[SlotLayout]>,
    digest: u64,
    /// Its types in one word; see [`type_word`].
    type_word: u64,
    /// How many of them are parameters.
    params: u32,
    frame_size: u32,
    variadic: bool,
    c_mapping: Once<Box<(Vec<NativeType>, NativeType)>>,
}

/// Where a parameter or return is, and what it is, as a call needs it.
#[derive(Clone, Copy, Debug)]
pub struct SlotLayout {
    /// How the value is held.
    pub kind: Kind,
    slot: u32,
    number: metaffi_type,
}

impl SlotLayout {
    /// A value of the type in slots of its own.
    pub fn of(r#type: Type) -> SlotLayout {
        SlotLayout::at(r#type, 0)
    }

    fn at(r#type: Type, slot: usize) -> SlotLayout {
        // Slots are at most MAX_SLOTS.
        SlotLayout { kind: r#type.kind(), slot: slot as u32, number: r#type.number() }
    }

    /// Its first slot.
    #[inline(always)]
    pub fn slot(&self) -> usize {
        self.slot as usize
    }

    /// Its type's number.
    #[inline(always)]
    pub fn number(&self) -> metaffi_type {
        self.number
    }
}

static PLANS: Interned<Plan> = Interned::new();

/// Plans of signatures without names that were used last, which are found without a lock and kept:
/// so callables that are made and freed in a loop share one.
static LATEST: [AtomicPtr<Arc<Plan>>; LATEST_COUNT] =
    [const { AtomicPtr::new(ptr::null_mut()) }; LATEST_COUNT];

/// How many there are; what has the place of another takes it over.
const LATEST_COUNT: usize = 64;

impl Plan {
    /// The plan of a signature.
    ///
    /// # Errors
    /// `UNSUPPORTED` if its frame is too large.
    pub fn of(signature: Signature) -> Result<Arc<Plan>> {
        let digest = digest(&signature);
        let is = |plan: &Plan| {
            plan.variadic == signature.variadic
                && plan.param_types().iter().eq(signature.params.iter().map(|param| &param.info))
                && plan.return_types() == signature.returns
        };
        if let Some(plan) = PLANS.find(digest, is) {
            return Ok(plan);
        }
        Ok(PLANS.add(digest, Plan::new(signature, digest)?))
    }

    /// The plan of types as C declares them, if it is among the latest that were asked for so.
    pub fn latest(
        params: &[metaffi_type_info],
        returns: &[metaffi_type_info],
    ) -> Option<Arc<Plan>> {
        let bare = |infos: &[metaffi_type_info]| infos.iter().all(|info| info.alias.is_null());
        if !bare(params) || !bare(returns) {
            return None;
        }
        handle::using(|scope| {
            let plan = scope.protect(latest(params, returns))?;
            let is = |(info, of): (&TypeInfo, &metaffi_type_info)| {
                let dimensions = usize::try_from(of.dimensions);
                info.r#type.number() == of.r#type
                    && dimensions == Ok(info.dimensions)
                    && info.alias.is_none()
            };
            let (own, given) = plan.types.split_at(plan.params as usize);
            let same = own.len() == params.len()
                && given.len() == returns.len()
                && own.iter().zip(params).chain(given.iter().zip(returns)).all(is);
            same.then(|| plan.clone())
        })
    }

    /// Makes it the latest of those types.
    pub fn keep_latest(
        self: &Arc<Self>,
        params: &[metaffi_type_info],
        returns: &[metaffi_type_info],
    ) {
        if self.types.iter().all(|info| info.alias.is_none()) && !self.variadic {
            let new = Box::into_raw(Box::new(self.clone()));
            let before = latest(params, returns).swap(new, Ordering::SeqCst);
            if !before.is_null() {
                // SAFETY: of a box, taken out once.
                handle::retire(unsafe { Box::from_raw(before) });
            }
        }
    }

    fn new(signature: Signature, digest: u64) -> Result<Plan> {
        let Signature { params, returns, variadic } = signature;
        let mut frame_size = 0;
        let place = |info: &TypeInfo| {
            let place = SlotLayout::at(info.r#type, frame_size);
            frame_size += slots_of(info.r#type);
            place
        };
        let count = params.len();
        let types = params.into_iter().map(|param| param.info).chain(returns);
        let types: Box<[TypeInfo]> = types.collect();
        let layouts: Box<[SlotLayout]> = types.iter().map(place).collect();
        if frame_size > MAX_SLOTS {
            return Err(too_large(frame_size));
        }
        let type_word = type_word(&layouts[..count], &layouts[count..]);
        let (params, frame_size, c_mapping) = (count as u32, frame_size as u32, Once::new());
        Ok(Plan { types, layouts, digest, type_word, params, frame_size, variadic, c_mapping })
    }

    /// The types of the parameters.
    pub fn param_types(&self) -> &[TypeInfo] {
        &self.types[..self.params as usize]
    }

    /// The types of the returns.
    pub fn return_types(&self) -> &[TypeInfo] {
        &self.types[self.params as usize..]
    }

    /// Whether more arguments may follow the parameters.
    pub fn is_variadic(&self) -> bool {
        self.variadic
    }

    /// How many slots frames have.
    #[inline(always)]
    pub fn frame_size(&self) -> usize {
        self.frame_size as usize
    }

    /// The parameters as a call sees them.
    #[inline(always)]
    pub fn params(&self) -> &[SlotLayout] {
        &self.layouts[..self.params as usize]
    }

    /// The returns as a call sees them.
    #[inline(always)]
    pub fn returns(&self) -> &[SlotLayout] {
        &self.layouts[self.params as usize..]
    }

    /// The types in one word, for calls of scalars; 0 of others.
    #[inline(always)]
    pub(super) fn type_word(&self) -> u64 {
        self.type_word
    }

    /// The C parameters and the C return type of its C mapping.
    pub(super) fn c_mapping(&self) -> &(Vec<NativeType>, NativeType) {
        let natives = || Box::new(native_types(self.param_types(), self.return_types()));
        self.c_mapping.get_or_init(natives)
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        PLANS.forget(self.digest, self);
    }
}

fn digest(signature: &Signature) -> u64 {
    let Signature { params, returns, variadic } = signature;
    let info = |digest: Digest, info: &TypeInfo| {
        let digest = digest.word(info.r#type.number()).word(info.dimensions as u64);
        digest.text(info.alias.as_deref().map(str::as_bytes))
    };
    let start = Digest::EMPTY.word(params.len() as u64).word(u64::from(*variadic));
    params.iter().map(|param| &param.info).chain(returns).fold(start, info).number()
}

/// Where the latest plan of types without names is.
fn latest(
    params: &[metaffi_type_info],
    returns: &[metaffi_type_info],
) -> &'static AtomicPtr<Arc<Plan>> {
    let types = params.iter().chain(returns).map(|info| info.r#type);
    let digest = types.fold(Digest::EMPTY.word(params.len() as u64), Digest::word).number();
    &LATEST[(digest >> 32) as usize % LATEST_COUNT]
}

#[cold]
fn too_large(slots: usize) -> Error {
    Error::unsupported(format!(
        "the signature needs a frame of {slots} slots; the most is {MAX_SLOTS}: pass arrays \
             instead of so many arguments"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::Parameter;

    fn signature(name: &str) -> Signature {
        let named = Parameter { name: Some(name.into()), info: Kind::String8.into() };
        let returns = vec![Kind::Any.into()];
        Signature { params: vec![Kind::Int64.into(), named], returns, variadic: false }
    }

    #[test]
    fn types_have_one_plan_as_long_as_somebody_has_it() {
        let plan = Plan::of(signature("one")).unwrap();
        assert!(Arc::ptr_eq(&plan, &Plan::of(signature("other")).unwrap()));
        let variadic = Signature { variadic: true, ..signature("one") };
        assert!(!Arc::ptr_eq(&plan, &Plan::of(variadic).unwrap()));
        let mut aliased = signature("one");
        aliased.params[0].info.alias = Some("long".into());
        assert!(!Arc::ptr_eq(&plan, &Plan::of(aliased).unwrap()));
        assert_eq!(plan.params().iter().map(SlotLayout::slot).collect::<Vec<_>>(), [0, 1]);
        assert_eq!((plan.returns()[0].slot(), plan.frame_size()), (3, 6));
        let gone = Arc::downgrade(&plan);
        drop(plan);
        assert!(gone.upgrade().is_none());
        let digest = digest(&signature("one"));
        assert!(PLANS.find(digest, |_| true).is_none());
    }

    #[test]
    fn the_latest_plan_of_types_is_found_by_them() {
        let info = |kind: Kind, dimensions| metaffi_type_info {
            r#type: kind as metaffi_type,
            alias: ptr::null(),
            dimensions,
        };
        let (params, returns) = ([info(Kind::Char16, 0); 3], [info(Kind::Size, 0)]);
        assert!(Plan::latest(&params, &returns).is_none());
        let signature = Signature {
            params: vec![Kind::Char16.into(); 3],
            returns: vec![Kind::Size.into()],
            variadic: false,
        };
        let plan = Plan::of(signature).unwrap();
        plan.keep_latest(&params, &returns);
        assert!(Arc::ptr_eq(&plan, &Plan::latest(&params, &returns).unwrap()));
        assert!(Plan::latest(&params, &[info(Kind::Size, 1)]).is_none());
        assert!(Plan::latest(&params[..2], &[params[0], returns[0]]).is_none());
        assert!(Plan::latest(&params[1..], &returns).is_none());
    }
}
