//! Calls of a static method `long add(long, long)` by the crate `jni`: with what it looked up before,
//! and by its name.

use std::hint::black_box;
use std::sync::OnceLock;

use jni::errors::Result;
use jni::ids::JStaticMethodID;
use jni::objects::{Global, JClass};
use jni::signature::{Primitive, ReturnType};
use jni::sys::{jclass, jvalue};
use jni::{Env, JValue, JavaVM, jni_sig, jni_str};

static ADD: OnceLock<(Global<JClass<'static>>, JStaticMethodID)> = OnceLock::new();

/// Looks the method up.
///
/// # Safety
/// The JVM of this process, and a reference of a class in it that has the method.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn peer_prepare(vm: *mut jni::sys::JavaVM, class: jclass) {
    // SAFETY: as the caller says.
    let vm = unsafe { JavaVM::from_raw(vm) };
    let found = vm.attach_current_thread(|env| {
        // SAFETY: as the caller says; it is not deleted when this is dropped.
        let class = unsafe { JClass::from_raw(env, class) };
        let method = env.get_static_method_id(&class, jni_str!("add"), jni_sig!("(JJ)J"))?;
        Result::Ok((env.new_global_ref(&class)?, method))
    });
    let _ = ADD.set(found.expect("the method is there"));
}

#[unsafe(no_mangle)]
pub extern "C" fn peer_cached(count: usize) {
    times(count, |env, class, method| {
        let arguments = [jvalue { j: 1000 }, jvalue { j: 2000 }];
        let returns = ReturnType::Primitive(Primitive::Long);
        // SAFETY: the method takes these and gives that.
        unsafe { env.call_static_method_unchecked(class, method, returns, &arguments) }?.j()
    });
}

#[unsafe(no_mangle)]
pub extern "C" fn peer_by_name(count: usize) {
    times(count, |env, class, _| {
        let arguments = [JValue::Long(1000), JValue::Long(2000)];
        env.call_static_method(class, jni_str!("add"), jni_sig!("(JJ)J"), &arguments)?.j()
    });
}

fn times(count: usize, call: impl Fn(&mut Env, &JClass<'static>, JStaticMethodID) -> Result<i64>) {
    let (class, method) = ADD.get().expect("it is prepared");
    let called = JavaVM::singleton().and_then(|vm| {
        vm.attach_current_thread(|env| {
            for _ in 0..count {
                black_box(call(env, class, *method)?);
            }
            Result::Ok(())
        })
    });
    called.expect("the calls succeed");
}
