use super::*;

#[test]
fn a_struct_is_built_filled_and_called_with() {
    let session = Session::new("");
    let int = session.parse("int");
    let field = |name: &'static CStr| metaffi_ctype_field {
        name: name.as_ptr(),
        r#type: int,
        bits: 0,
        align: 0,
    };
    let fields = [field(c"quot"), field(c"rem")];
    let (mut pair, mut function, mut result) = (null_mut(), null_mut(), null_mut());
    // SAFETY: live arguments; div has that type.
    unsafe {
        let tag = c"pair".as_ptr();
        ok(|e| metaffi_ctype_struct(session.module, tag, fields.as_ptr(), 2, 0, 0, &mut pair, e));
        let params = [int.cast_const(), int];
        ok(|e| metaffi_ctype_function(pair, params.as_ptr(), 2, false, 0, &mut function, e));
        ok(|e| metaffi_cdata_new(pair, null(), &mut result, e));
        let (mut place, mut size) = (null_mut(), 0);
        ok(|e| metaffi_cdata_address(result, &mut place, &mut size, e));
        assert_eq!(size, 8);
        let numbers = [17_i32, 5];
        let arguments =
            [(&raw const numbers[0]).cast_mut().cast(), (&raw const numbers[1]).cast_mut().cast()];
        let div = std::mem::transmute::<*const (), metaffi_function>(div as *const ());
        let call = |code, count, e| {
            metaffi_ctype_call(function, code, place, arguments.as_ptr(), count, null(), 0, e)
        };
        ok(|e| call(div, 2, e));
        assert_eq!(read(result, c"quot").data.int32, 3);
        assert_eq!(read(result, c"rem").data.int32, 2);
        assert_eq!(fails(|e| call(None, 2, e)).message(), "pointer is NULL");
        let wrong = fails(|e| call(div, 1, e));
        assert!(wrong.message().contains("argument_count is 1, but the function takes 2"));
        let arguments = [null_mut(), null_mut()];
        let null_argument = fails(|e| {
            metaffi_ctype_call(function, div, place, arguments.as_ptr(), 2, null(), 0, e)
        });
        assert!(null_argument.message().contains("arguments[0] is NULL"), "{null_argument}");
        let extra = [int.cast_const()];
        let no_variadic = fails(|e| {
            metaffi_ctype_call(function, div, place, arguments.as_ptr(), 2, extra.as_ptr(), 1, e)
        });
        assert!(no_variadic.message().contains("is not variadic"), "{no_variadic}");
    }
    free(result);
    for ctype in [int, pair, function] {
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_OK);
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_STATUS_INVALID_HANDLE);
    }
}

unsafe extern "C-unwind" {
    fn div(numerator: i32, denominator: i32) -> u64;
}

#[test]
fn a_variadic_call_takes_the_types_of_its_arguments() {
    let session = Session::new("int snprintf(char *, size_t, const char *, ...);");
    let function = session.parse("int (char *, size_t, const char *, ...)");
    let types = [session.parse("int").cast_const(), session.parse("double")];
    let mut buffer = [0_u8; 32];
    let (to, size, format) = (buffer.as_mut_ptr(), buffer.len(), c"%d %g".as_ptr());
    let (number, real, mut length) = (42_i32, 0.5_f64, 0_i32);
    let arguments: [*mut c_void; 5] = [
        (&raw const to).cast_mut().cast(),
        (&raw const size).cast_mut().cast(),
        (&raw const format).cast_mut().cast(),
        (&raw const number).cast_mut().cast(),
        (&raw const real).cast_mut().cast(),
    ];
    // SAFETY: the arguments are those of the format.
    unsafe {
        let code = std::mem::transmute::<*const (), metaffi_function>(libc::snprintf as *const ());
        let result = (&raw mut length).cast();
        let call = |count, types: &[*const metaffi_ctype], e| {
            let (list, n) = (types.as_ptr(), types.len());
            metaffi_ctype_call(function, code, result, arguments.as_ptr(), count, list, n, e)
        };
        ok(|e| call(5, &types, e));
        assert_eq!(&buffer[..length as usize], b"42 0.5");
        let untold = fails(|e| call(5, &[], e));
        assert!(untold.message().contains("give the types of the variadic ones"), "{untold}");
        let stale = fails(|e| call(5, &[types[0], null()], e));
        assert!(stale.message().starts_with("variadic_types[1]: ctype is NULL"), "{stale}");
    }
    for ctype in [function, types[0].cast_mut(), types[1].cast_mut()] {
        metaffi_ctype_free(ctype);
    }
}

#[test]
fn what_cannot_be_called_is_refused_when_it_is_prepared() {
    let session = Session::new("struct later;");
    // SAFETY: live arguments.
    let prepare = |text, extra: &[*const metaffi_ctype]| unsafe {
        let (function, mut error) = (session.parse(text), null_mut());
        let (types, count) = (extra.as_ptr(), extra.len());
        let status = metaffi_ctype_prepare(function, types, count, &mut error);
        metaffi_ctype_free(function);
        (status != METAFFI_OK).then(|| failure::from_c(status, error))
    };
    let (int, float) = (session.parse("int").cast_const(), session.parse("float").cast_const());
    assert!(prepare("int (int)", &[]).is_none());
    assert!(prepare("int (int, ...)", &[int, int]).is_none());
    for (text, extra, message) in [
        ("int", &[][..], "is not a function type"),
        ("int (struct later)", &[], "declared but not defined"),
        ("int (int)", &[int], "is not variadic"),
        ("int (int, ...)", &[int, float], "variadic argument 1: C passes a `float`"),
    ] {
        let refused = prepare(text, extra).unwrap();
        assert!(refused.message().contains(message), "{text}: {refused}");
    }
    metaffi_ctype_free(int.cast_mut());
    metaffi_ctype_free(float.cast_mut());
}
