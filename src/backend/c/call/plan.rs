//! [`CPlan`]: a C function's type and declared types, compiled.

use std::any::Any;
use std::ptr;
use std::sync::{Arc, Weak};

use super::parameter::{CParam, WordPassing};
use super::plain::{as_given, is_mapped_type, is_plain, is_signed_char};
use super::returned::ReturnPlan;
use crate::backend::c::data::ctype::{CType, Representation};
use crate::backend::c::types::{FunctionType, TypeId, Types};
use crate::call::plan::native_type::NativeType;
use crate::call::plan::scalar::ScalarRow;
use crate::call::{Digest, Interned, Invocation, Plan, WordsOfCall, registers};
use crate::error::Result;
use crate::fork::Lock;
use crate::signature::Kind;

/// What calls of C functions need whose types are the same, in C and in their signatures.
pub(super) struct CPlan {
    pub(super) digest: u64,
    pub(super) signature: Arc<Plan>,
    pub(super) params: Box<[CParam]>,
    pub(super) result: ReturnPlan,
    /// Without the code, if it is in registers.
    pub(super) maker: Invocation,
    /// Whether every argument's slot is its word.
    pub(super) words: bool,
    /// How many words the arguments have.
    pub(super) word_count: usize,
    /// Whether the signature is what the C type becomes when nothing is declared.
    pub(super) as_declared: bool,
    /// Whether the types of the C mapping are those of the C function.
    pub(super) follows_c_mapping: bool,
    /// Its C type, whose parameters may be fewer.
    pub(super) function: Arc<FunctionType>,
    /// The same, of which others are made if it is variadic or open.
    pub(super) whole: Option<CType>,
    /// Whether there are objects behind `...`, of which it is known when they come what they are.
    pub(super) open: bool,
    /// What a host has made of it.
    pub(super) host: Lock<Weak<dyn Any + Send + Sync>>,
}

/// Those that somebody has.
static PLANS: Interned<CPlan> = Interned::new();

// SAFETY: an invoker without code is plain data.
unsafe impl Send for CPlan {}
// SAFETY: as above.
unsafe impl Sync for CPlan {}

impl Drop for CPlan {
    fn drop(&mut self) {
        PLANS.forget(self.digest, self);
    }
}

/// What a plan is made of.
pub(super) struct CPlanParts<'a> {
    /// The arena of the types.
    pub(super) types: &'a Arc<Types>,
    /// The function type.
    pub(super) id: TypeId,
    /// The same.
    pub(super) function: &'a Arc<FunctionType>,
    /// The declared types.
    pub(super) signature: &'a Arc<Plan>,
    /// The C type of each parameter.
    pub(super) ctypes: &'a [CType],
    /// That of the result.
    pub(super) result: CType,
    /// Whether the declared types are what the C types become.
    pub(super) as_declared: bool,
}

impl CPlanParts<'_> {
    /// The plan of these: the same for all functions of which they are the same.
    pub(super) fn plan(&self) -> Result<Arc<CPlan>> {
        let digest = self.digest();
        let is = |plan: &CPlan| {
            let ctypes = plan.params.iter().map(|param| &param.ctype).zip(self.ctypes);
            Arc::ptr_eq(&plan.signature, self.signature)
                && plan.as_declared == self.as_declared
                && same_calls(&plan.function, self.function)
                && plan.result.ctype.is_known_as(&self.result)
                && ctypes.into_iter().all(|(one, other)| one.is_known_as(other))
        };
        match PLANS.find(digest, is) {
            Some(plan) => Ok(plan),
            None => Ok(PLANS.add(digest, self.compile(digest)?)),
        }
    }

    fn compile(&self, digest: u64) -> Result<CPlan> {
        let CPlanParts { types, function, signature, ctypes, as_declared, .. } = *self;
        let convention = function.convention;
        let lowered: Vec<NativeType> = ctypes
            .iter()
            .map(|ctype| ctype.types.lower_parameter(ctype.id, convention))
            .collect::<Result<_>>()?;
        let returned = types.lower_return(function.returns, convention)?;
        let unprototyped = function.variadic || function.unspecified;
        let declared = signature.param_types().iter().map(|info| info.r#type);
        let chars = declared.clone().zip(&lowered).enumerate().fold(
            0,
            |chars, (index, (r#type, native))| {
                chars | u64::from(index < 64 && is_signed_char(r#type, native)) << (index % 64)
            },
        );
        let registers = match unprototyped {
            // A variadic callee is told how many float registers are used, which thunks do not.
            true => None,
            false => {
                let returned = as_given(signature, &returned);
                registers::fast(ptr::null(), &lowered, &returned, convention, chars)
            }
        };
        let places = declared.zip(signature.params()).zip(ctypes.iter().zip(&lowered));
        let params: Box<[CParam]> = places
            .map(|((r#type, place), (ctype, native))| CParam {
                r#type,
                slot: place.slot() as u32,
                words: match (registers, native.register_class()) {
                    (Some(_), None) => registers::slot_count(native).unwrap_or(0),
                    _ => 0,
                },
                quick: match is_plain(r#type, native)
                    || registers.is_some() && is_signed_char(r#type, native)
                {
                    true => WordPassing::Slot,
                    false => WordPassing::of(r#type, ctype),
                },
                ctype: ctype.clone(),
            })
            .collect();
        let result = ReturnPlan::new(self.result.clone(), signature, &returned)?;
        let words = params.iter().all(|param| param.quick == WordPassing::Slot);
        let word_count = params.iter().map(CParam::word_count).sum();
        let fixed = function.variadic.then_some(function.parameters.len());
        let maker = Invocation::new(registers, &lowered, &returned, fixed, convention)?
            .with_words(WordsOfCall { result: result.word().and_then(ScalarRow::of), chars });
        let behind = params.iter().skip(function.parameters.len());
        // Known to be passed by value, they are no longer open.
        let undecided = |param: &CParam| {
            param.r#type.kind() == Kind::Handle
                && matches!(param.ctype.class, Representation::Pointer(_))
        };
        let open = behind.clone().all(|param| !param.ctype.by_address())
            && behind.into_iter().any(undecided);
        // Functions with other parameters are made of the type later.
        let whole = (signature.is_variadic() || open).then(|| CType::new(types, self.id));
        // A variadic callee is called otherwise than one with those fixed parameters.
        let mut natives = params.iter().zip(&lowered);
        let same = !unprototyped
            && result.plain
            && natives.all(|(param, native)| is_mapped_type(param.r#type, native));
        let follows_c_mapping = as_declared || same;
        Ok(CPlan {
            digest,
            signature: signature.clone(),
            params,
            result,
            maker,
            words,
            word_count,
            as_declared,
            follows_c_mapping,
            function: function.clone(),
            whole,
            open,
            host: Lock::new(Weak::<()>::new()),
        })
    }

    fn digest(&self) -> u64 {
        let flags = [self.function.variadic, self.function.unspecified, self.as_declared];
        let flags = flags.iter().fold(1, |flags, flag| flags << 1 | u64::from(*flag));
        let signature = Arc::as_ptr(self.signature).addr() as u64;
        let parts = Digest::EMPTY.word(signature).word(flags);
        let ctypes = self.ctypes.iter().chain([&self.result]);
        ctypes.map(|ctype| u64::from(ctype.id.number())).fold(parts, Digest::word).number()
    }
}

/// Whether functions of the types are called alike, but for their parts.
fn same_calls(one: &FunctionType, other: &FunctionType) -> bool {
    one.convention == other.convention
        && (one.variadic, one.unspecified) == (other.variadic, other.unspecified)
        && one.parameters.len() == other.parameters.len()
}
