//! System headers as the C compiler preprocesses them, and what is known about them.

use metaffi::backend::c::parse::{Compiler, ConstantValue, Declarations, Item};

const HEADERS: &[&str] = &[
    "stdio.h",
    "stdlib.h",
    "string.h",
    "math.h",
    "complex.h",
    "time.h",
    "sys/stat.h",
    "sys/socket.h",
    "sys/ioctl.h",
    "pthread.h",
    "signal.h",
    "zlib.h",
    "sqlite3.h",
    "netdb.h",
    "fcntl.h",
    "unistd.h",
    "wchar.h",
    "uchar.h",
    "fenv.h",
    "setjmp.h",
    "stdint.h",
    "inttypes.h",
    "limits.h",
    "float.h",
    "errno.h",
    "immintrin.h",
];

fn declared(header: &str) -> Declarations {
    let declarations = Declarations::default();
    declarations
        .declare_headers(&[header], &Compiler::default())
        .unwrap_or_else(|error| panic!("{header}: {error}"));
    declarations
}

#[test]
fn every_header_is_parsed_alone() {
    for header in HEADERS {
        let found = declared(header).declarations();
        assert!(found.len() > 10, "{header}: {} names", found.len());
    }
}

#[test]
fn every_header_is_parsed_into_one_module() {
    let declarations = Declarations::default();
    for header in HEADERS {
        declarations.declare_headers(&[header], &Compiler::default()).unwrap();
    }
    let count = declarations.declarations().len();
    for header in HEADERS {
        declarations.declare_headers(&[header], &Compiler::default()).unwrap();
    }
    assert_eq!(declarations.declarations().len(), count, "the second time says nothing new");
}

fn integer(declarations: &Declarations, name: &str) -> i128 {
    match declarations.get(name).unwrap().item {
        Item::Constant(constant) => match constant.value {
            ConstantValue::Integer(value) => value,
            other => panic!("{name} is {other:?}"),
        },
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn constants_have_their_well_known_values() {
    for (header, name, value) in [
        ("sqlite3.h", "SQLITE_ROW", 100),
        ("zlib.h", "Z_BEST_COMPRESSION", 9),
        ("stdio.h", "EOF", -1),
        ("time.h", "CLOCKS_PER_SEC", 1_000_000),
        ("limits.h", "INT_MIN", -2_147_483_648),
        ("limits.h", "ULONG_MAX", u64::MAX.into()),
        ("fcntl.h", "O_CREAT", 0o100),
        ("sys/stat.h", "S_IRWXU", 0o700),
        ("signal.h", "SIGKILL", 9),
        ("sys/socket.h", "SOCK_STREAM", 1),
        ("stdint.h", "INT64_MAX", i64::MAX.into()),
        ("inttypes.h", "UINT64_MAX", u64::MAX.into()),
    ] {
        assert_eq!(integer(&declared(header), name), value, "{name}");
    }
}
