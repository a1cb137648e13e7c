//! [`JavaCompiler`]: what compiles source text in the part in Java.

use std::ffi::CStr;

use jni_sys::jvalue;

use super::env::{Env, JavaMethod};
use super::support::{JavaSupport, class_name};
use crate::error::Result;
use crate::fork::Once;

/// Methods of the classes that compile.
struct JavaCompiler {
    load: JavaMethod,
    bind: JavaMethod,
}

const LOAD: &CStr = c"(I[Ljava/lang/String;)V";
const BIND: &CStr = c"(ILjava/lang/String;Ljava/lang/String;Z[Ljava/lang/String;[Ljava/lang/String;)Ljava/lang/String;";

/// The one, whose classes are defined the first time.
fn get(support: &JavaSupport, env: Env) -> Result<&'static JavaCompiler> {
    static FOUND: Once<JavaCompiler> = Once::new();
    FOUND.get_or_make(|| {
        env.with_locals(|| {
            support.define_compiler(env)?;
            let class = env.class(&class_name("metaffi.guest.compiler.Sources"))?;
            Ok(JavaCompiler {
                load: env.method(class, c"load", LOAD)?,
                bind: env.method(class, c"bind", BIND)?,
            })
        })
    })
}

/// Source text that is to be bound.
pub struct WantedSource<'a> {
    /// The class loader.
    pub module: i32,
    /// What it is called.
    pub file: &'a str,
    /// The text.
    pub text: &'a str,
    /// Whether the value of its expression is asked for.
    pub asks_value: bool,
    /// The types of what it finds by name.
    pub types: Vec<String>,
    /// The names of the same.
    pub names: Vec<String>,
}

/// Compiles source files for the module of a loader.
pub fn load(support: &JavaSupport, loader: i32, files: &[String]) -> Result<()> {
    let env = support.attach()?;
    let compiler = get(support, env)?;
    env.with_locals(|| {
        let arguments = [jvalue { i: loader }, jvalue { l: env.texts(Some(files))? }];
        // SAFETY: the arguments are those of the method.
        unsafe { env.call_nothing(compiler.load, &arguments) };
        env.check()
    })
}

/// Compiles source text: what runs it as JSON, or `None` if there is nothing to run.
pub fn bind(support: &JavaSupport, wanted: &WantedSource<'_>) -> Result<Option<String>> {
    let env = support.attach()?;
    let compiler = get(support, env)?;
    env.with_locals(|| {
        let arguments = [
            jvalue { i: wanted.module },
            jvalue { l: env.text(wanted.file)? },
            jvalue { l: env.text(wanted.text)? },
            jvalue { z: wanted.asks_value },
            jvalue { l: env.texts(Some(&wanted.types))? },
            jvalue { l: env.texts(Some(&wanted.names))? },
        ];
        // SAFETY: the arguments are those of the method, which gives a text or null.
        unsafe {
            let bound = env.call_object(compiler.bind, &arguments)?;
            if bound.is_null() { Ok(None) } else { env.text_of(bound).map(Some) }
        }
    })
}
