//! More memory than there is: an error, and nothing worse.
#![cfg(target_os = "linux")]

use std::env;
use std::process::Command;

use metaffi::abi::metaffi_string;
use metaffi::backend::c::CType;
use metaffi::backend::c::convert::initialise;
use metaffi::backend::c::parse::Declarations;
use metaffi::error::Status;
use metaffi::signature::{Kind, Type};
use metaffi::value::array::OwnedArray;
use metaffi::value::text;

/// Set in the process whose memory is limited.
const LIMITED: &str = "METAFFI_TEST_LIMITED_MEMORY";

/// So much may the process have in all, in bytes.
const LIMIT: u64 = 512 << 20;

#[test]
fn what_cannot_be_allocated_is_an_error() {
    if env::var_os(LIMITED).is_some() {
        return limited();
    }
    let this = env::current_exe().unwrap();
    let mut command = Command::new(this);
    command.args(["--exact", "what_cannot_be_allocated_is_an_error"]).env(LIMITED, "1");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
    assert!(said.contains("1 passed"), "{said}");
}

fn limited() {
    let limit = libc::rlimit { rlim_cur: LIMIT, rlim_max: LIMIT };
    // SAFETY: a valid limit of this process alone.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }, 0);
    let declarations = Declarations::default();
    let huge = declarations.parse_type("char[1099511627776]").unwrap();
    let huge = CType::new(declarations.types(), huge);
    // SAFETY: no initialiser.
    let error = unsafe { initialise::new(huge, None) }.err().unwrap();
    assert_eq!(error.status(), Status::OutOfMemory);
    let double = CType::new(declarations.types(), declarations.parse_type("double").unwrap());
    let error = initialise::new_array(double, 1 << 40).err().unwrap();
    assert_eq!(error.status(), Status::OutOfMemory);
    for kind in Kind::elements().filter(|kind| *kind != Kind::Null) {
        let error = OwnedArray::new(Type::from(kind), &[1 << 40]).unwrap_err();
        assert_eq!(error.status(), Status::OutOfMemory, "{kind}");
    }
    // Text that fits, but not once more in another width.
    let units = vec![u16::from(b'a'); 100 << 20];
    let given = metaffi_string { data: units.as_ptr().cast(), length: units.len() };
    for to in [Kind::String8, Kind::String32] {
        // SAFETY: so many units.
        let error = unsafe { text::convert(&given, Kind::String16, to) }.unwrap_err();
        assert_eq!(error.status(), Status::OutOfMemory, "{to}");
    }
}
