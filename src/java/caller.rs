//! Methods that ask who calls them, such as `Class.forName`.

use jni_sys::{JNIEnv, jclass, jint, jobject, jvalue};

use super::env::{Env, JavaMethod};
use crate::error::Result;
use crate::fork::Once;

/// What the JVM itself knows of methods.
struct CallerQuestion {
    /// Makes what it knows of one.
    of: JavaMethod,
    asks: JavaMethod,
}

/// Whether a method does: 1 or 0; -1 where the JVM has no such thing.
pub(super) extern "system" fn asks(env: *mut JNIEnv, _: jclass, method: jobject) -> jint {
    static KNOWN: Once<CallerQuestion> = Once::new();
    // SAFETY: the interface on this thread.
    let env = unsafe { Env::from_raw(env) };
    let asks = KNOWN.get_or_make(|| find(env)).and_then(|known| {
        // SAFETY: the first takes a method, and the other what that gives.
        unsafe {
            let name = env.make(known.of, &[jvalue { l: method }])?;
            env.call_truth(known.asks, &[jvalue { l: name }])
        }
    });
    asks.map_or(-1, jint::from)
}

fn find(env: Env) -> Result<CallerQuestion> {
    let name = env.class(c"java/lang/invoke/MemberName")?;
    let natives = env.class(c"java/lang/invoke/MethodHandleNatives")?;
    Ok(CallerQuestion {
        of: env.constructor(name, c"(Ljava/lang/reflect/Method;)V")?,
        asks: env.method(natives, c"isCallerSensitive", c"(Ljava/lang/invoke/MemberName;)Z")?,
    })
}
