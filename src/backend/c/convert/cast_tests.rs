use super::*;
use crate::backend::c::testing::{Header, integer, integers, part, read, real, write};
use crate::error::Status;

fn of(header: &Header, object: &Arc<CData>, text: &str) -> Arc<CData> {
    Arc::new(cast(object, header.ctype(text)).unwrap())
}

fn truth(object: &Arc<CData>) -> bool {
    // SAFETY: the value is a bool.
    unsafe { read(object, "").unwrap().data.boolean }
}

#[test]
fn numbers_convert_as_in_c() {
    let header = Header::new("enum small { A };");
    let number = header.value("int", &(-2).into());
    assert_eq!(integer(&of(&header, &number, "unsigned char"), ""), 254);
    assert_eq!(integer(&of(&header, &number, "unsigned"), ""), 0xffff_fffe);
    assert_eq!(integer(&of(&header, &number, "long long"), ""), -2);
    assert!(truth(&of(&header, &number, "_Bool")));
    assert_eq!(integer(&of(&header, &number, "enum small"), ""), 0xffff_fffe);
    assert_eq!(real(&of(&header, &number, "float"), ""), -2.0);
    let wide = of(&header, &number, "unsigned __int128");
    assert_eq!(real(&of(&header, &wide, "double"), ""), 2f64.powi(128));
    let real_number = header.value("double", &(-2.9).into());
    assert_eq!(integer(&of(&header, &real_number, "int"), ""), -2);
    assert_eq!(real(&of(&header, &real_number, "float"), ""), f64::from(-2.9_f32));
    assert!(truth(&of(&header, &header.value("float", &0.5.into()), "_Bool")));
    for (from, to) in [(3e9, "int"), (-1.0, "unsigned"), (f64::NAN, "long"), (1e300, "__int128")] {
        let error = cast(&header.value("double", &from.into()), header.ctype(to)).err().unwrap();
        assert_eq!(error.status(), Status::OutOfRange, "{error}");
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn long_double_and_complex_keep_what_they_can() {
    let header = Header::new("");
    let large = header.value("long", &(i64::MAX - 1).into());
    let extended = of(&header, &large, "long double");
    assert_eq!(integer(&of(&header, &extended, "long"), ""), i64::MAX - 1);
    let half = header.value("double", &1.25.into());
    let extended = of(&header, &half, "long double");
    assert_eq!(real(&of(&header, &extended, "double"), ""), 1.25);
    let complex = of(&header, &half, "float _Complex");
    write(&complex, "[1]", 2.0).unwrap();
    let wider = of(&header, &complex, "long double _Complex");
    let back = of(&header, &wider, "double _Complex");
    assert_eq!((real(&back, "[0]"), real(&back, "[1]")), (1.25, 2.0));
    assert_eq!(real(&of(&header, &back, "double"), ""), 1.25);
    let quad = header.zeroed("_Float128");
    assert_eq!(cast(&quad, header.ctype("int")).err().unwrap().status(), Status::Unsupported);
    assert!(cast(&quad, header.ctype("_Float128")).is_ok());
}

#[test]
fn pointers_convert_and_keep_what_they_kept() {
    let header = Header::new("struct pair { int a, b; };");
    let numbers = header.value("int[2]", &integers(&[0x0102_0304, 7]));
    let bytes = of(&header, &of(&header, &numbers, "void *"), "unsigned char *");
    let address = integer(&of(&header, &numbers, "unsigned long"), "");
    assert_eq!(integer(&of(&header, &bytes, "long"), ""), address);
    assert!(truth(&of(&header, &bytes, "_Bool")));
    assert!(!truth(&of(&header, &header.zeroed("int *"), "_Bool")));
    drop(numbers);
    assert_eq!((integer(&bytes, "[0]"), integer(&bytes, "[4]")), (4, 7));
    assert!(read(&bytes, "[8]").is_err(), "bounded by the array");
    let pair = of(&header, &bytes, "struct pair *");
    assert_eq!(integer(&pair, "->b"), 7);
    let number = header.value("unsigned long", &(address as u64).into());
    assert_eq!(integer(&of(&header, &of(&header, &number, "int *"), "unsigned long"), ""), address);
}

#[test]
fn memory_is_seen_as_another_type() {
    let header = Header::new("union bits { float f; unsigned u; }; struct large { long v[4]; };");
    let number = header.value("float", &1.0.into());
    let bits = of(&header, &number, "union bits");
    assert_eq!(integer(&bits, "u"), 0x3f80_0000);
    write(&bits, "u", 0_u32).unwrap();
    assert_eq!(real(&number, ""), 0.0);
    let bytes = of(&header, &number, "unsigned char[4]");
    drop(number);
    assert_eq!(integer(&bytes, "[3]"), 0);
    let error = cast(&bits, header.ctype("struct large")).err().unwrap();
    assert!(error.message().contains("is smaller than a `struct large`"), "{error}");
    let whole = header.zeroed("struct large");
    let view = part(&whole, "v");
    assert_eq!(of(&header, &view, "int[8]").ctype().spell(), "int [8]");
    assert!(cast(&view, header.ctype("int[9]")).is_err());
}

#[test]
fn casts_that_c_does_not_have_are_refused() {
    let header = Header::new("struct pair { int a, b; };");
    let number = header.value("double", &1.0.into());
    let pointer = header.zeroed("struct pair *");
    let pair = header.zeroed("struct pair");
    for (object, to, message) in [
        (&number, "int *", "C has no cast from `double` to `int *`"),
        (&pointer, "double", "C has no cast from `struct pair *` to `double`"),
        (&pair, "int", "C has no cast from `struct pair` to `int`"),
        (&pair, "int *", "C has no cast from `struct pair` to `int *`"),
        (&pointer, "struct pair", "cast to a pointer to it"),
        (&pair, "void", "there are no values of `void`"),
        (&pair, "int (void)", "there are no values of `int (void)`"),
    ] {
        let error = cast(object, header.ctype(to)).err().unwrap();
        assert!(error.message().contains(message), "{error}");
    }
    let released = header.value("int", &1.into());
    released.release().unwrap();
    assert_eq!(
        cast(&released, header.ctype("long")).err().unwrap().status(),
        Status::InvalidHandle
    );
}
