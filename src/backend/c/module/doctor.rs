//! What this runtime needs, and whether it is here.

use std::process::Command;

use crate::backend::Finding;
use crate::backend::c::parse::Compiler;

pub(in crate::backend::c) fn findings() -> Vec<Finding> {
    vec![c_library(), compiler()]
}

fn c_library() -> Finding {
    Finding {
        what: "C library".to_owned(),
        usable: true,
        version: platform::c_library_version(),
        ..Finding::default()
    }
}

/// The compiler that headers are preprocessed with; declarations as text need none.
fn compiler() -> Finding {
    let what = "C compiler".to_owned();
    for words in Compiler::default().commands() {
        let output = Command::new(&words[0]).args(&words[1..]).arg("--version").output();
        if let Ok(output) = output
            && output.status.success()
        {
            let text = String::from_utf8_lossy(&output.stdout);
            return Finding {
                what,
                usable: true,
                path: Some(words.join(" ")),
                version: text.lines().next().map(str::to_owned),
                ..Finding::default()
            };
        }
    }
    let advice = "headers cannot be loaded (declarations as text can); on Debian: apt install gcc";
    Finding { what, advice: Some(advice.to_owned()), ..Finding::default() }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod platform {
    /// glibc's own version.
    pub(in crate::backend::c) fn c_library_version() -> Option<String> {
        // SAFETY: returns static NUL-terminated text.
        let version = unsafe { std::ffi::CStr::from_ptr(libc::gnu_get_libc_version()) };
        Some(format!("glibc {}", version.to_string_lossy()))
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod platform {
    pub(in crate::backend::c) fn c_library_version() -> Option<String> {
        None
    }
}
