use super::*;

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
