//! [`Way`]: which function of the native interface uses a member.

use jni_sys::{JNIEnv, jfieldID, jmethodID, jobject, jvalue};

use super::direct::ResolvedMember;

/// Enters Java on a thread that is attached: the member is of that kind and alive, the receiver is an object that
/// has it, the arguments are those that it takes, and what comes is written to the last.
pub(super) type Enter = unsafe fn(*mut JNIEnv, &ResolvedMember, jobject, *const jvalue, *mut u64);

/// One of them.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) enter: Enter,
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

/// Writes what was given.
#[inline(always)]
fn give(result: *mut u64, given: impl FromSlot) {
    // SAFETY: a slot for a result, which such a member has.
    unsafe { *result = given.slot() };
}

/// Rows of a type in Java, its part of a union, and the functions that call, read and write it. Truth is whatever
/// is not zero.
macro_rules! ways {
    ($kind:ident, $moved:ident: $($name:literal ($($value:tt)+) $call:ident $call_static:ident $get:ident $get_static:ident
        $set:ident $set_static:ident;)*) => {
        match ($kind, $moved) {
            $(("method", $name) => Some(calls(|env, member, receiver, arguments, result| {
                // SAFETY: as the kind says.
                let given = unsafe { ((**env).v1_6.$call)(env, receiver, member.id as jmethodID, arguments) };
                give(result, given);
            })),
            ("static_method", $name) => Some(calls(|env, member, _, arguments, result| {
                // SAFETY: as the kind says.
                let given = unsafe { ((**env).v1_6.$call_static)(env, member.class, member.id as jmethodID, arguments) };
                give(result, given);
            })),
            ("getter", $name) => Some(moves(|env, member, receiver, _, result| {
                // SAFETY: as the kind says.
                let given = unsafe { ((**env).v1_6.$get)(env, receiver, member.id as jfieldID) };
                give(result, given);
            })),
            ("static_getter", $name) => Some(moves(|env, member, _, _, result| {
                // SAFETY: as the kind says.
                let given = unsafe { ((**env).v1_6.$get_static)(env, member.class, member.id as jfieldID) };
                give(result, given);
            })),
            ("setter", $name) => Some(moves(|env, member, receiver, arguments, _| {
                // SAFETY: as the kind says.
                unsafe { ((**env).v1_6.$set)(env, receiver, member.id as jfieldID, (*arguments).$($value)+) };
            })),
            ("static_setter", $name) => Some(moves(|env, member, _, arguments, _| {
                // SAFETY: as the kind says.
                unsafe { ((**env).v1_6.$set_static)(env, member.class, member.id as jfieldID, (*arguments).$($value)+) };
            })),)*
            ("method", "void") => Some(calls(|env, member, receiver, arguments, _| {
                // SAFETY: as the kind says.
                unsafe { ((**env).v1_6.CallVoidMethodA)(env, receiver, member.id as jmethodID, arguments) };
            })),
            ("static_method", "void") => Some(calls(|env, member, _, arguments, _| {
                // SAFETY: as the kind says.
                unsafe { ((**env).v1_6.CallStaticVoidMethodA)(env, member.class, member.id as jmethodID, arguments) };
            })),
            _ => None,
        }
    };
}

fn calls(enter: Enter) -> Way {
    Way { enter, is_field: false, may_throw: true }
}

fn moves(enter: Enter) -> Way {
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
