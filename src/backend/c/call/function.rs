//! [`CFunction`]: calls of C functions of any type.

use std::any::Any;
use std::mem::MaybeUninit;
use std::ops::Deref;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use super::binding::{Binding, ParameterNames};
use super::{callback, function_pointer};
use crate::abi::{metaffi_array, metaffi_slot, metaffi_type};
use crate::backend::c::convert::{self, from_c, to_c};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, Pointee, PointeeKind, Representation};
use crate::backend::c::types::{FunctionType, Types};
use crate::call::libffi::interface::CallInterface;
use crate::call::{
    Callable, Callee, Function, FunctionPointerType, GivenObject, Interned, Invocation, Lendable,
    Lifetime, Passing, Plan, Target, Userdata, Wanted, c_mapping, guarded, with_stack,
};
use crate::errno;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::pin::CallScope;
use crate::handle::{self, Fast, Key};
use crate::signature::{Kind, Parameter, Signature, Type, TypeInfo, argument};

/// A C function with the conversions of its arguments and its result.
pub(in crate::backend::c) struct CFunction {
    pub(in crate::backend::c) code: *const (),
    pub(in crate::backend::c) names: Option<ParameterNames>,
    /// Kept as long as the function may be called.
    pub(in crate::backend::c) kept: Option<Arc<Userdata>>,
    pub(in crate::backend::c) plan: Arc<CPlan>,
    /// Whether it was said that what C writes to a temporary is lost.
    pub(in crate::backend::c) told: AtomicBool,
    /// If it is variadic, the last one made for a call, since calls in a loop have the same types.
    pub(in crate::backend::c) last: Option<Box<Lock<LastVariadic>>>,
}

/// The types behind `...`, and the function that takes them.
pub(in crate::backend::c) type LastVariadic = Option<(Vec<Type>, Arc<Function>)>;

impl Deref for CFunction {
    type Target = CPlan;

    #[inline(always)]
    fn deref(&self) -> &CPlan {
        &self.plan
    }
}

/// What calls of C functions need whose types are the same, in C and in their signatures.
pub(in crate::backend::c) struct CPlan {
    pub(in crate::backend::c) digest: u64,
    pub(in crate::backend::c) signature: Arc<Plan>,
    pub(in crate::backend::c) params: Box<[CParam]>,
    pub(in crate::backend::c) result: ReturnPlan,
    /// Without the code, if it is in registers.
    pub(in crate::backend::c) maker: Invocation,
    /// Whether every argument's slot is its word.
    pub(in crate::backend::c) words: bool,
    /// How many words the arguments have.
    pub(in crate::backend::c) word_count: usize,
    /// Whether the signature is what the C type becomes when nothing is declared.
    pub(in crate::backend::c) as_declared: bool,
    /// Whether the types of the C mapping are those of the C function.
    pub(in crate::backend::c) follows_c_mapping: bool,
    /// Its C type, whose parameters may be fewer.
    pub(in crate::backend::c) function: Arc<FunctionType>,
    /// The same, of which others are made if it is variadic or open.
    pub(in crate::backend::c) whole: Option<CType>,
    /// Whether there are objects behind `...`, of which it is known when they come what they are.
    pub(in crate::backend::c) open: bool,
    /// What a host has made of it.
    pub(in crate::backend::c) host: Lock<Weak<dyn Any + Send + Sync>>,
}

/// Those that somebody has.
pub(in crate::backend::c) static PLANS: Interned<CPlan> = Interned::new();

// SAFETY: an invoker without code is plain data.
unsafe impl Send for CPlan {}
// SAFETY: as above.
unsafe impl Sync for CPlan {}

impl Drop for CPlan {
    fn drop(&mut self) {
        PLANS.forget(self.digest, self);
    }
}

pub(in crate::backend::c) struct CParam {
    pub(in crate::backend::c) r#type: Type,
    pub(in crate::backend::c) ctype: CType,
    pub(in crate::backend::c) slot: usize,
    /// How many words its bytes have, if these are passed instead of their address; else 0.
    pub(in crate::backend::c) words: usize,
    pub(in crate::backend::c) quick: WordPassing,
}

/// How the word of an argument is made where that takes no look at types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::backend::c) enum WordPassing {
    /// The slot is the word.
    Slot,
    /// The address of an object that is of exactly the type.
    Value,
    /// An object that is, or points to, exactly what is pointed to.
    Object,
    /// A copy of UTF-8, with a NUL behind it.
    Text,
    /// Consecutive elements of this type, where they are; `constant` ones may be read-only.
    Elements { element: metaffi_type, constant: bool },
    /// Not at all.
    No,
}

impl WordPassing {
    /// For a parameter whose slot is not the word.
    pub(in crate::backend::c) fn of(r#type: Type, ctype: &CType) -> WordPassing {
        match (r#type.kind(), ctype.class) {
            (Kind::Handle, _) if ctype.by_address() => WordPassing::Value,
            (Kind::Handle, Representation::Pointer(_)) => WordPassing::Object,
            (Kind::String8, Representation::Pointer(_)) => WordPassing::Text,
            (Kind::Array, Representation::Pointer(pointee)) => {
                match element_given(r#type, pointee) {
                    Some(element) => WordPassing::Elements {
                        element: element as metaffi_type,
                        constant: pointee.constant,
                    },
                    None => WordPassing::No,
                }
            }
            _ => WordPassing::No,
        }
    }
}

impl CParam {
    /// The word of an argument that needs no conversion, or is what it is nearly always.
    ///
    /// # Safety
    /// The slots hold a value of the type.
    #[inline(always)]
    unsafe fn quick_word(&self, scope: &CallScope, slots: *const metaffi_slot) -> Option<u64> {
        // SAFETY: the slots hold a value of the type.
        unsafe {
            match self.quick {
                WordPassing::Slot => Some(*slots),
                WordPassing::Value => {
                    let object = scope.get::<CData>(*slots as usize).ok()?;
                    if !object.ctype().is(&self.ctype) {
                        return None;
                    }
                    let memory = object.memory(scope).ok()?;
                    Some(memory.address().expose_provenance() as u64)
                }
                WordPassing::Object => convert::quick_object(scope, &self.ctype, *slots),
                WordPassing::Text => {
                    let (data, length) = (*slots as usize, *slots.add(1) as usize);
                    if data == 0 {
                        return Some(0);
                    }
                    let copy = scope.scratch(length.checked_add(1)?)?;
                    let data = ptr::with_exposed_provenance::<u8>(data);
                    copy.copy_from_nonoverlapping(data, length);
                    *copy.add(length) = 0;
                    Some(copy.expose_provenance() as u64)
                }
                WordPassing::Elements { element, constant } => {
                    let array = ptr::with_exposed_provenance::<metaffi_array>(*slots as usize);
                    let array = array.as_ref()?;
                    let fits = array.element == element
                        && array.strides.is_null()
                        && (constant || array.owner.is_null());
                    fits.then(|| array.data.expose_provenance() as u64)
                }
                WordPassing::No => None,
            }
        }
    }
}

pub(in crate::backend::c) struct ReturnPlan {
    pub(in crate::backend::c) ctype: CType,
    /// What is made of the result, and in which slot; `None` if nobody wants it.
    pub(in crate::backend::c) wanted: Option<(Type, usize)>,
    pub(in crate::backend::c) plain: bool,
    /// Whether it is an object, of a type that is what it will be.
    pub(in crate::backend::c) object: bool,
}

impl ReturnPlan {
    /// What the word of the result is; `None` if it is in none.
    pub(in crate::backend::c) fn word(&self) -> Option<Kind> {
        match (self.wanted, self.ctype.class) {
            (Some((r#type, _)), _) if self.plain => Some(r#type.kind()),
            (None, Representation::Void) => Some(Kind::Uint64),
            (_, Representation::Pointer(_)) => Some(Kind::Size),
            _ => None,
        }
    }
}

/// The most words of a result in registers.
const MOST_RESULT: usize = 2;

/// Room for a small result.
#[repr(C, align(16))]
struct Small([u64; 8]);

// SAFETY: the pointer is code, which stays loaded.
unsafe impl Send for CFunction {}
// SAFETY: as above.
unsafe impl Sync for CFunction {}

impl Callee for CFunction {
    unsafe fn call(&self, scope: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
        match &self.maker {
            Invocation::Registers(fast) if self.words && self.result.plain => {
                // SAFETY: every slot is a register's word, the result's follows the last argument.
                unsafe { self.run(fast, frame) };
                return Ok(());
            }
            Invocation::Interface(interface) if self.words => {
                // SAFETY: the frame has the layout of the signature.
                return unsafe { self.interpret(scope, interface, frame, frame) };
            }
            _ => {}
        }
        if self.open
            // SAFETY: the frame has the layout of the signature.
            && let Some(function) = unsafe { self.of_objects(scope, frame) }?
        {
            // SAFETY: the same frame, of a function of the same signature, which the scope keeps.
            return unsafe { scope.keep(function).call(scope, frame) };
        }
        with_stack::<u64, _>(self.word_count + MOST_RESULT, |words| {
            // SAFETY: the frame has the layout of the signature, and the stack room for the words of
            // each argument and of the result; a block's word is the address of its bytes.
            unsafe {
                let mut at = words;
                for (index, param) in self.params.iter().enumerate() {
                    let slots = frame.add(param.slot);
                    let word = match param.quick_word(scope, slots) {
                        Some(word) => word,
                        None => self.other_word(scope, index, slots)?,
                    };
                    match param.words {
                        0 => at.write(word),
                        _ => load_block(word, param.ctype.size, at),
                    }
                    at = at.add(param.words.max(1));
                }
                match &self.maker {
                    Invocation::Registers(fast) => {
                        self.run(fast, words);
                        let result = words.add(self.word_count);
                        match self.result.wanted {
                            Some((_, slot)) if self.result.plain => *frame.add(slot) = *result,
                            _ => self.finish(result, frame)?,
                        }
                        Ok(())
                    }
                    Invocation::Interface(interface) => {
                        self.interpret(scope, interface, words, frame)
                    }
                }
            }
        })
    }

    fn fast(&self) -> Option<Fast> {
        match &self.maker {
            Invocation::Registers(fast) => Some(Fast { code: self.code, ..*fast }),
            // Nobody has room for a result that nobody wants.
            Invocation::Interface(call) => {
                let is_given = self.result.word().is_some() || self.result.wanted.is_some();
                is_given.then(|| call.fast(self.code))
            }
        }
    }

    fn lifetime(&self) -> Lifetime {
        match (&self.kept, &self.maker) {
            (Some(kept), _) => kept.lifetime(),
            (None, Invocation::Registers(_)) => Lifetime::Forever,
            (None, Invocation::Interface(_)) => Lifetime::Kept,
        }
    }

    fn passing(&self, argument: usize) -> Passing {
        let param = &self.params[argument];
        let ctype = &param.ctype;
        let is_char = param.r#type.kind() == Kind::Char8 && ctype.size == 1;
        if param.quick == WordPassing::Slot || is_char && argument < 64 {
            return Passing::Slots;
        }
        let target: Arc<dyn Target> = Arc::new(ParameterType { ctype: ctype.clone() });
        if param.quick == WordPassing::Value {
            return match param.words {
                0 => Passing::Bytes(target),
                _ => Passing::Words { target, size: ctype.size },
            };
        }
        let Representation::Pointer(pointee) = ctype.class else { return Passing::Slow };
        let kind = param.r#type.kind();
        let lent = lent(param.r#type, ctype, pointee);
        match kind {
            Kind::Callable => Passing::Function(target),
            Kind::Handle | Kind::Any => Passing::Address { target: Some(target), lent },
            Kind::Array | Kind::String8 => Passing::Address { target: None, lent },
            _ => Passing::Slow,
        }
    }

    fn host(&self) -> Option<&Lock<Weak<dyn Any + Send + Sync>>> {
        Some(&self.host)
    }

    fn returning(&self) -> Passing {
        match self.result.wanted {
            _ if self.result.plain => Passing::Slots,
            None => Passing::Slots,
            Some((r#type, _)) => match (r#type.kind(), self.result.ctype.class) {
                (Kind::String8, Representation::Pointer(_)) => Passing::Text,
                (Kind::Handle, _) => self.object().unwrap_or(Passing::Slow),
                _ => Passing::Slow,
            },
        }
    }

    fn counts_bools(&self) -> bool {
        true
    }

    fn name(&self, argument: usize) -> Option<&str> {
        self.names.as_ref()?.get(argument)?.as_deref()
    }

    fn wanted(&self, argument: usize) -> Option<Wanted> {
        self.params[argument].wanted()
    }

    unsafe fn accept(
        &self,
        scope: &CallScope,
        argument: usize,
        given: Type,
        value: *const metaffi_slot,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        // SAFETY: `value` has a value of that type, valid for the scope; there is room in `slots`.
        guarded(|| unsafe { self.params[argument].accept(scope, given, value, slots) })
    }

    fn temporary(&self, argument: usize, length: Option<usize>) -> Result<Key> {
        guarded(|| self.params[argument].temporary(length))
    }

    fn is_new(&self) -> bool {
        !self.told.swap(true, Ordering::Relaxed)
    }

    fn symbol(&self) -> Option<*const ()> {
        self.follows_c_mapping.then_some(self.code)
    }

    fn with_variadic(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let Some(last) = &self.last else {
            return Err(not_variadic());
        };
        if let Some((types, function)) = &*last.lock()
            && types == extra
        {
            return Ok(function.clone());
        }
        let function = self.with_extra(extra)?;
        // What is let go may run code of its own.
        let _before = last.lock().replace((extra.to_vec(), function.clone()));
        Ok(function)
    }
}

#[cold]
fn not_variadic() -> Error {
    Error::unsupported("this C function is not variadic")
}

/// The words of so many bytes at an address.
unsafe fn load_block(address: u64, size: usize, words: *mut u64) {
    let from = ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: the caller has the bytes, and room for their words.
    unsafe {
        words.add((size - 1) / 8).write(0);
        words.cast::<u8>().copy_from_nonoverlapping(from, size);
    }
}

/// Whether an object of the type can only be given as a whole: numbers are given as numbers, and
/// an object of one is its address.
fn has_value_alone(ctype: &CType) -> bool {
    match ctype.class {
        Representation::Record
        | Representation::Wide { .. }
        | Representation::Complex(_)
        | Representation::Opaque => true,
        Representation::Float(format) => matches!(format, Format::Extended | Format::Quad),
        _ => false,
    }
}

/// The kind of the elements of an array that is given by its address for a pointer to them.
fn element_given(r#type: Type, pointee: Pointee) -> Option<Kind> {
    let element = r#type.element()?.kind();
    (element.is_scalar() && convert::is_passed_by_address(element, pointee)).then_some(element)
}

/// What is lent for a pointer that is declared as a type.
fn lent(r#type: Type, ctype: &CType, pointee: Pointee) -> Lendable {
    let kind = r#type.kind();
    let is_any = kind == Kind::Any;
    // Whether there are as many bytes as a record has is looked at the slow way.
    let known = is_any && pointee.kind != PointeeKind::Other;
    let given = |element: &Kind| {
        element.is_scalar() && known && convert::is_passed_by_address(*element, pointee)
    };
    let one = element_given(r#type, pointee);
    let number = || ctype.target()?.number.filter(|kind| is_any && *kind != Kind::Char8);
    Lendable {
        element: one.or_else(number).unwrap_or(Kind::Null),
        arrays: Kind::elements().filter(given).chain(one).fold(0, |all, kind| all | kind as u64),
        text: kind == Kind::String8 || is_any && pointee.takes_text(1),
        constant: pointee.constant,
        numbers: is_any,
    }
}

/// A type that C takes.
struct ParameterType {
    ctype: CType,
}

impl Target for ParameterType {
    fn takes(&self, object: Key) -> Option<u64> {
        let (slot, handle) = (object as u64, Kind::Handle.into());
        // SAFETY: the slot holds a handle, which is looked at alone.
        handle::using(|scope| unsafe { to_c(scope, handle, &self.ctype, &raw const slot) }).ok()
    }

    fn function_pointer(&self) -> Option<Arc<FunctionPointerType>> {
        match self.ctype.class {
            Representation::Pointer(Pointee { kind: PointeeKind::Function, id, .. }) => {
                function_pointer::of(&self.ctype.types, id).ok()
            }
            _ => None,
        }
    }

    fn pointer(&self, callable: &Callable) -> Result<*const ()> {
        match self.ctype.class {
            Representation::Pointer(Pointee { kind: PointeeKind::Function, id, .. }) => {
                callback::pointer(callable, &self.ctype.types, id)
            }
            _ => callable.native(),
        }
    }
}

impl CFunction {
    /// Runs the code, which neither fails nor is freed, and so looks at no error and no key.
    #[inline(always)]
    unsafe fn run(&self, fast: &Fast, words: *mut metaffi_slot) {
        // SAFETY: the caller has a word for each argument, and room for the result's.
        unsafe { (fast.invoke)(self.code, words, fast.map, ptr::null_mut(), 0) };
    }

    /// Its C type.
    pub(in crate::backend::c) fn ctype(&self) -> Result<CType> {
        let types: &Arc<Types> = &self.result.ctype.types;
        types.passing(|| types.function((*self.function).clone()))
    }

    /// How a result is given that is an object; `None` if only its language knows what is in it.
    fn object(&self) -> Option<Passing> {
        let ctype = &self.result.ctype;
        let is_pointer = matches!(ctype.class, Representation::Pointer(_));
        if !is_pointer && (!self.result.object || !ctype.by_address()) {
            return None;
        }
        let given = match &self.maker {
            _ if is_pointer => GivenObject::Address,
            Invocation::Interface(call) => GivenObject::Room(call.return_size()),
            Invocation::Registers(_) => GivenObject::Words,
        };
        Some(Passing::Object { layout: ctype.layout()?, given })
    }

    /// To make it anew, with other types behind `...`.
    fn binding(&self) -> Result<Binding<'_>> {
        let whole = self.whole.as_ref().ok_or_else(not_variadic)?;
        let (types, id): (&Arc<Types>, _) = (&whole.types, whole.id);
        let (names, kept) = (self.names.as_ref(), self.kept.as_ref());
        Ok(Binding { types, id, code: self.code, names, kept })
    }

    /// The function with the declared types of its fixed parameters, and `extra` after them.
    fn with_extra(&self, extra: &[Type]) -> Result<Arc<Function>> {
        let (fixed, extra) = (self.signature.param_types(), extra.iter().copied());
        let params: Vec<TypeInfo> = fixed.iter().cloned().chain(extra.map(Into::into)).collect();
        self.binding()?.bind(Some(&params), Some(self.signature.return_types()))
    }

    /// The function that takes by value what C passes by value behind `...`, if there is any such
    /// object: what has no other form, as structs and long doubles.
    #[cold]
    unsafe fn of_objects(
        &self,
        scope: &CallScope,
        frame: *const metaffi_slot,
    ) -> Result<Option<Arc<Function>>> {
        guarded(|| {
            let fixed = self.function.parameters.len();
            let mut ctypes: Vec<_> = self.params.iter().map(|param| param.ctype.clone()).collect();
            let mut found = false;
            for (param, ctype) in self.params.iter().zip(&mut ctypes).skip(fixed) {
                if param.r#type.kind() != Kind::Handle {
                    continue;
                }
                // SAFETY: `frame` has the layout of the signature.
                let key = unsafe { *frame.add(param.slot) } as usize;
                if let Ok(object) = scope.get::<CData>(key)
                    && has_value_alone(object.ctype())
                {
                    *ctype = object.ctype().clone();
                    found = true;
                }
            }
            if !found {
                return Ok(None);
            }
            let params = self.signature.param_types().iter().cloned();
            let signature = Signature {
                params: params.map(Parameter::from).collect(),
                returns: self.signature.return_types().to_vec(),
                variadic: self.signature.is_variadic(),
            };
            self.binding()?.with_types(&self.function, signature, &ctypes).map(Some)
        })
    }

    /// The word of an argument that is not one already.
    #[inline(never)]
    unsafe fn other_word(
        &self,
        scope: &CallScope,
        index: usize,
        slots: *const metaffi_slot,
    ) -> Result<u64> {
        let param = &self.params[index];
        // SAFETY: the slots hold a value of the parameter's type.
        guarded(|| unsafe { to_c(scope, param.r#type, &param.ctype, slots) })
            .map_err(|error| error.context(argument(index, self.name(index))))
    }

    /// Calls through libffi.
    unsafe fn interpret(
        &self,
        scope: &CallScope,
        interface: &CallInterface,
        words: *mut u64,
        frame: *mut metaffi_slot,
    ) -> Result<()> {
        let size = interface.return_size();
        let mut small = MaybeUninit::<Small>::uninit();
        // SAFETY: a word is an argument's value, or the address of its bytes.
        unsafe {
            let align = self.result.ctype.align;
            let result: *mut u64 = match size <= size_of::<Small>() && align <= align_of::<Small>()
            {
                true => small.as_mut_ptr().cast(),
                false => {
                    let place = convert::scratch(scope, size + align)?;
                    place.add(place.align_offset(align.max(8))).cast()
                }
            };
            interface.call_words(self.code.cast(), result.cast(), words);
            self.finish(result, frame)
        }
    }

    /// Makes what the caller wants of a result that is not one already.
    #[inline(never)]
    unsafe fn convert(
        &self,
        result: *const u64,
        r#type: Type,
        slots: *mut metaffi_slot,
    ) -> Result<()> {
        let saved = errno::get();
        // SAFETY: as in `finish`.
        let converted =
            guarded(|| unsafe { from_c(&self.result.ctype, result.cast(), r#type, slots) });
        errno::set(saved);
        converted.map_err(|error| error.context("return value"))
    }

    /// Puts the result where the caller wants it; `errno` stays as the callee left it.
    #[inline(always)]
    unsafe fn finish(&self, result: *const u64, frame: *mut metaffi_slot) -> Result<()> {
        let Some((r#type, slot)) = self.result.wanted else { return Ok(()) };
        // SAFETY: the result is a value of the C type; the frame has the slot.
        unsafe {
            if self.result.plain {
                c_mapping::load(r#type.kind(), result.cast(), frame.add(slot));
                return Ok(());
            }
            if self.result.object
                && let Some(object) = convert::object_again(&self.result.ctype, result.cast())
            {
                *frame.add(slot) = object;
                return Ok(());
            }
            self.convert(result, r#type, frame.add(slot))
        }
    }
}

#[cfg(test)]
#[path = "function_tests.rs"]
mod tests;
