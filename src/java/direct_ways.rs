//! [`Way`]: which function of the native interface uses a member.

use jni_sys::{jfieldID, jmethodID};

use super::direct::Entered;

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Way {
    /// Enters Java, and writes what comes. The thread is attached, the member is of that kind and alive, the
    /// receiver is an object that has it, and the arguments are those that it takes.
    pub(super) enter: unsafe fn(Entered<'_>),
    pub(super) is_field: bool,
    pub(super) may_throw: bool,
}

/// A result as it is in a frame.
trait FromSlot {
    fn slot(self) -> u64;
}

macro_rules! slots {
    ($($type:ty: $this:ident => $slot:expr;)*) => {
        $(impl FromSlot for $type {
            #[inline(always)]
            fn slot(self) -> u64 {
                let $this = self;
                $slot
            }
        })*
    };
}

slots! {
    bool: it => it.into();
    i8: it => it as u64;
    i16: it => it as u64;
    i32: it => it as u64;
    i64: it => it as u64;
    u16: it => it.into();
    f32: it => it.to_bits().into();
    f64: it => it.to_bits();
}

impl Entered<'_> {
    #[inline(always)]
    fn give(self, given: impl FromSlot) {
        // SAFETY: a slot for a result, which such a member has.
        unsafe { *self.result = given.slot() };
    }
}

/// Rows of a type in Java, its part of a union, and the functions that call, read and write it. Truth is whatever
/// is not zero.
macro_rules! ways {
    ($kind:ident, $moved:ident: $($name:literal ($($value:tt)+) $call:ident $call_static:ident $get:ident $get_static:ident
        $set:ident $set_static:ident;)*) => {
        match ($kind, $moved) {
            $(("method", $name) => Some(calls(|it| {
                // SAFETY: as the kind says.
                let given = unsafe { (it.functions.$call)(it.env, it.receiver, it.member.id as jmethodID, it.arguments) };
                it.give(given);
            })),
            ("static_method", $name) => Some(calls(|it| {
                // SAFETY: as the kind says.
                let given = unsafe { (it.functions.$call_static)(it.env, it.member.class, it.member.id as jmethodID, it.arguments) };
                it.give(given);
            })),
            ("getter", $name) => Some(moves(|it| {
                // SAFETY: as the kind says.
                let given = unsafe { (it.functions.$get)(it.env, it.receiver, it.member.id as jfieldID) };
                it.give(given);
            })),
            ("static_getter", $name) => Some(moves(|it| {
                // SAFETY: as the kind says.
                let given = unsafe { (it.functions.$get_static)(it.env, it.member.class, it.member.id as jfieldID) };
                it.give(given);
            })),
            ("setter", $name) => Some(moves(|it| {
                // SAFETY: as the kind says.
                unsafe { (it.functions.$set)(it.env, it.receiver, it.member.id as jfieldID, (*it.arguments).$($value)+) };
            })),
            ("static_setter", $name) => Some(moves(|it| {
                // SAFETY: as the kind says.
                unsafe { (it.functions.$set_static)(it.env, it.member.class, it.member.id as jfieldID, (*it.arguments).$($value)+) };
            })),)*
            ("method", "void") => Some(calls(|it| {
                // SAFETY: as the kind says.
                unsafe { (it.functions.CallVoidMethodA)(it.env, it.receiver, it.member.id as jmethodID, it.arguments) };
            })),
            ("static_method", "void") => Some(calls(|it| {
                // SAFETY: as the kind says.
                unsafe { (it.functions.CallStaticVoidMethodA)(it.env, it.member.class, it.member.id as jmethodID, it.arguments) };
            })),
            _ => None,
        }
    };
}

fn calls(enter: unsafe fn(Entered<'_>)) -> Way {
    Way { enter, is_field: false, may_throw: true }
}

fn moves(enter: unsafe fn(Entered<'_>)) -> Way {
    Way { enter, is_field: true, may_throw: false }
}

/// How a kind of member is used that gives, or is written, a number of a type.
pub(super) fn of(kind: &str, moved: &str) -> Option<Way> {
    ways! { kind, moved:
        "boolean" (b != 0) CallBooleanMethodA CallStaticBooleanMethodA GetBooleanField GetStaticBooleanField SetBooleanField SetStaticBooleanField;
        "byte" (b) CallByteMethodA CallStaticByteMethodA GetByteField GetStaticByteField SetByteField SetStaticByteField;
        "short" (s) CallShortMethodA CallStaticShortMethodA GetShortField GetStaticShortField SetShortField SetStaticShortField;
        "char" (c) CallCharMethodA CallStaticCharMethodA GetCharField GetStaticCharField SetCharField SetStaticCharField;
        "int" (i) CallIntMethodA CallStaticIntMethodA GetIntField GetStaticIntField SetIntField SetStaticIntField;
        "long" (j) CallLongMethodA CallStaticLongMethodA GetLongField GetStaticLongField SetLongField SetStaticLongField;
        "float" (f) CallFloatMethodA CallStaticFloatMethodA GetFloatField GetStaticFloatField SetFloatField SetStaticFloatField;
        "double" (d) CallDoubleMethodA CallStaticDoubleMethodA GetDoubleField GetStaticDoubleField SetDoubleField SetStaticDoubleField;
    }
}
