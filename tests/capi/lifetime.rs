use super::*;

#[test]
fn memory_is_given_back_when_nothing_keeps_it() {
    let session = Session::new("struct point { int x, y; };");
    let ended = AtomicUsize::new(0);
    let mut point = [1_i32, 2];
    let ctype = session.parse("struct point");
    let (mut object, mut pointer, mut bytes) = (null_mut(), null_mut(), null_mut());
    // SAFETY: live arguments; the point outlives the objects.
    unsafe {
        let userdata = (&raw const ended).cast_mut().cast();
        let address = point.as_mut_ptr().cast();
        let mut lend = |address, e| {
            metaffi_cdata_from_address(ctype, address, userdata, Some(count), &mut object, e)
        };
        assert!(fails(|e| lend(null_mut(), e)).message().contains("address is NULL"));
        assert_eq!(ended.load(Ordering::SeqCst), 0);
        ok(|e| lend(address, e));
        ok(|e| metaffi_cdata_address_of(object, c"y".as_ptr(), &mut pointer, e));
        let mut part = read(object, c"");
        ok(|e| metaffi_cdata_buffer(object, usize::MAX, &mut bytes, e));
        assert_eq!(array::metaffi_array_length(bytes), 8);
        free(object);
        let mut held = null_mut();
        ok(|e| metaffi_cdata_pointer(pointer, &mut held, e));
        assert_eq!(held, point.as_mut_ptr().add(1).cast());
        assert_eq!(read(pointer, c"*").data.int32, 2);
        free(pointer);
        value::metaffi_value_clear(&mut part);
        assert_eq!(ended.load(Ordering::SeqCst), 0);
        array::metaffi_array_free(bytes);
        assert_eq!(ended.load(Ordering::SeqCst), 1);
    }
    metaffi_ctype_free(ctype);
}

#[test]
fn released_data_is_an_error_until_its_handle_is_freed() {
    let session = Session::new("");
    let number = session.new_data("int", Some(5.into()));
    let (mut found, mut ctype) = (null_mut(), null_mut());
    // SAFETY: live arguments.
    unsafe {
        ok(|e| metaffi_cdata_release(number, e));
        ok(|e| metaffi_cdata_release(number, e));
        let error = fails(|e| metaffi_cdata_address(number, &mut found, null_mut(), e));
        assert_eq!(error.message(), "the memory of this int was released");
        ok(|e| metaffi_cdata_type(number, &mut ctype, e));
        metaffi_ctype_free(ctype);
        free(number);
        let error = fails(|e| metaffi_cdata_release(number, e));
        assert!(error.message().contains("stale"), "{error}");
    }
}

#[test]
fn text_casts_and_arrays_cross_the_boundary() {
    let session = Session::new("");
    let init = values::string8("grüße").unwrap();
    let array = session.new_data("char[]", Some(*init));
    let (pointer_type, mut pointer) = (session.parse("const unsigned char *"), null_mut());
    let mut string = values::null();
    let int = session.parse("int");
    let mut numbers = null_mut();
    // SAFETY: live arguments; what is made is freed.
    unsafe {
        ok(|e| metaffi_cdata_cast(array, pointer_type, &mut pointer, e));
        free(array);
        ok(|e| metaffi_cdata_string(pointer, usize::MAX, &mut string, e));
        let kind = values::kind_of(&string).unwrap();
        assert_eq!(values::text::decode(&string.data.string, kind).unwrap(), "grüße");
        value::metaffi_value_clear(&mut string);
        ok(|e| metaffi_cdata_new_array(int, 3, &mut numbers, e));
        let path = c"[2]".as_ptr();
        ok(|e| metaffi_cdata_write(numbers, path, &11_i64.into(), e));
        assert_eq!(read(numbers, c"[2]").data.int32, 11);
        let error = fails(|e| metaffi_cdata_write(numbers, path, null(), e));
        assert_eq!(error.message(), "value is NULL");
        let error = fails(|e| metaffi_cdata_read(numbers, null(), &mut string, e));
        assert_eq!(error.message(), "path is NULL");
        let mut found = null_mut();
        let number = session.new_data("int", None);
        let error = fails(|e| metaffi_cdata_pointer(number, &mut found, e));
        assert!(error.message().contains("this `int` is not a pointer"), "{error}");
        free(number);
    }
    free(pointer);
    free(numbers);
    metaffi_ctype_free(pointer_type);
    metaffi_ctype_free(int);
}

#[test]
fn what_is_no_type_no_data_or_no_module_is_refused() {
    let session = Session::new("");
    let (mut ctype, mut object) = (null_mut(), null_mut());
    let text = c"int".as_ptr();
    // SAFETY: bad handles are refused, as is NULL.
    unsafe {
        let parse = |module, text, ctype: *mut _, e| metaffi_ctype_parse(module, text, ctype, e);
        assert_eq!(fails(|e| parse(null(), text, &mut ctype, e)).message(), "module is NULL");
        let error = fails(|e| parse(session.module, c"struct nowhere *".as_ptr(), &mut ctype, e));
        assert_eq!(error.status(), Status::NotFound);
        assert!(error.message().contains("nothing declares `struct nowhere`"), "{error}");
        let error = fails(|e| parse(session.module, c"in t".as_ptr(), &mut ctype, e));
        assert_eq!(error.status(), Status::Syntax);
        assert_eq!(
            fails(|e| parse(session.module, null(), &mut ctype, e)).message(),
            "text is NULL"
        );
        let error = fails(|e| parse(session.module, text, null_mut(), e));
        assert!(error.message().starts_with("ctype is NULL"), "{error}");
        let error = fails(|e| metaffi_cdata_new(null(), null(), &mut object, e));
        assert_eq!(error.status(), Status::InvalidHandle);
        let module: *const metaffi_object = session.module.cast();
        let error = fails(|e| metaffi_cdata_release(module, e));
        assert!(error.message().contains("got one of kind module"), "{error}");
        assert_eq!(metaffi_ctype_kind(session.module.cast()), METAFFI_CTYPE_KIND_NONE);
        let int = session.parse("int");
        let mut clone = null_mut();
        ok(|e| metaffi_ctype_clone(int, &mut clone, e));
        metaffi_ctype_free(int);
        ok(|e| metaffi_cdata_new(clone, null(), &mut object, e));
        metaffi_ctype_free(clone);
        free(object);
        assert_eq!(metaffi_ctype_free(null_mut()), METAFFI_OK);
    }
}
