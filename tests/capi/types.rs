use super::*;

#[test]
fn types_say_what_they_are() {
    let session = Session::new(
        "struct s { char c; int b : 3; union { int i; float f; }; double d[2]; }; struct later;
         union u; enum e { E };",
    );
    for (text, kind) in [
        ("void", METAFFI_CTYPE_KIND_VOID),
        ("_Bool", METAFFI_CTYPE_KIND_BOOL),
        ("const size_t", METAFFI_CTYPE_KIND_INTEGER),
        ("long double", METAFFI_CTYPE_KIND_FLOAT),
        ("double _Complex", METAFFI_CTYPE_KIND_COMPLEX),
        ("int *", METAFFI_CTYPE_KIND_POINTER),
        ("int[2]", METAFFI_CTYPE_KIND_ARRAY),
        ("struct s", METAFFI_CTYPE_KIND_STRUCT),
        ("union u", METAFFI_CTYPE_KIND_UNION),
        ("enum e", METAFFI_CTYPE_KIND_ENUM),
        ("int (void)", METAFFI_CTYPE_KIND_FUNCTION),
        ("va_list", METAFFI_CTYPE_KIND_VA_LIST),
    ] {
        let ctype = session.parse(text);
        assert_eq!(metaffi_ctype_kind(ctype), kind, "{text}");
        metaffi_ctype_free(ctype);
        assert_eq!(metaffi_ctype_kind(ctype), METAFFI_CTYPE_KIND_NONE);
    }
    let ctype = session.parse("struct s");
    assert_eq!(metaffi_ctype_field_count(ctype), 4);
    let (mut size, mut align, mut offset) = (0, 0, 0);
    let (mut name, mut bit_offset, mut bits) = (null(), 0, 0);
    let (mut part, mut element, mut length) = (null_mut(), null_mut(), 0);
    // SAFETY: live arguments.
    unsafe {
        ok(|e| metaffi_ctype_size(ctype, &mut size, e));
        ok(|e| metaffi_ctype_align(ctype, &mut align, e));
        assert_eq!((size, align), (24, 8));
        ok(|e| {
            let (name, part) = (&raw mut name, null_mut());
            let (first, width) = (&raw mut bit_offset, &raw mut bits);
            metaffi_ctype_field_at(ctype, 1, name, &mut offset, first, width, part, e)
        });
        assert_eq!((CStr::from_ptr(name), offset, bit_offset, bits), (c"b", 1, 0, 3));
        ok(|e| {
            let (name, part) = (&raw mut name, &raw mut part);
            metaffi_ctype_field_at(ctype, 2, name, null_mut(), &mut bit_offset, null_mut(), part, e)
        });
        assert_eq!(
            (name, bit_offset, metaffi_ctype_kind(part)),
            (null(), -1, METAFFI_CTYPE_KIND_UNION)
        );
        metaffi_ctype_free(part);
        ok(|e| metaffi_ctype_offset(ctype, c"d[1]".as_ptr(), &mut offset, &mut part, e));
        assert_eq!((offset, metaffi_ctype_kind(part)), (16, METAFFI_CTYPE_KIND_FLOAT));
        metaffi_ctype_free(part);
        ok(|e| metaffi_ctype_offset(ctype, c"d".as_ptr(), &mut offset, &mut part, e));
        ok(|e| metaffi_ctype_element(part, &mut element, &mut length, e));
        assert_eq!((length, metaffi_ctype_kind(element)), (2, METAFFI_CTYPE_KIND_FLOAT));
        let mut pointer = null_mut();
        ok(|e| metaffi_ctype_pointer(part, &mut pointer, e));
        let mut spelled = null_mut();
        ok(|e| metaffi_ctype_name(pointer, &mut spelled, e));
        assert_eq!(CStr::from_ptr(spelled), c"double (*)[2]");
        memory::metaffi_free(spelled.cast());
        for ctype in [part, element, pointer] {
            metaffi_ctype_free(ctype);
        }
        let none = |index, e| {
            let none = null_mut();
            metaffi_ctype_field_at(ctype, index, null_mut(), null_mut(), none, none, null_mut(), e)
        };
        assert_eq!(fails(|e| none(4, e)).message(), "index 4: `struct s` has 4 fields");
        let later = session.parse("struct later");
        let error = fails(|e| metaffi_ctype_size(later, &mut size, e));
        assert!(error.message().contains("declared but not defined"), "{error}");
        assert_eq!(metaffi_ctype_field_count(later), 0);
        let error = fails(|e| metaffi_ctype_element(later, &mut element, null_mut(), e));
        assert_eq!(error.status(), Status::TypeMismatch);
        metaffi_ctype_free(later);
    }
    metaffi_ctype_free(ctype);
}

#[test]
fn a_recursive_struct_is_built_in_two_steps() {
    let session = Session::new("");
    let int = session.parse("unsigned");
    let (mut node, mut next) = (null_mut(), null_mut());
    // SAFETY: live arguments.
    unsafe {
        let tag = c"node".as_ptr();
        ok(|e| metaffi_ctype_struct(session.module, tag, null(), 0, 0, 0, &mut node, e));
        ok(|e| metaffi_ctype_pointer(node, &mut next, e));
        let field = |name: *const c_char, r#type, bits| metaffi_ctype_field {
            name,
            r#type,
            bits,
            align: 0,
        };
        let fields = [field(c"low".as_ptr(), int, 4), field(c"next".as_ptr(), next, 0)];
        let define = |fields: &[metaffi_ctype_field], module, ctype: *mut _, e| {
            let (list, count) = (fields.as_ptr(), fields.len());
            metaffi_ctype_struct(module, c"node".as_ptr(), list, count, 1, 0, ctype, e)
        };
        let mut same = null_mut();
        ok(|e| define(&fields, session.module, &mut same, e));
        let mut size = 0;
        ok(|e| metaffi_ctype_size(node, &mut size, e));
        assert_eq!(size, 9);
        metaffi_ctype_free(same);
        let again = fails(|e| define(&fields[..1], session.module, &mut same, e));
        assert!(again.message().contains("defined twice and differently"), "{again}");
        let wrong = fails(|e| define(&[field(null(), int, -2)], session.module, &mut same, e));
        assert!(wrong.message().contains("fields[0]: bits is -2"), "{wrong}");
        let missing = fails(|e| define(&[field(null(), null(), 0)], session.module, &mut same, e));
        assert!(missing.message().contains("fields[0]: ctype is NULL"), "{missing}");
        let other = Session::new("");
        let foreign = fails(|e| define(&fields, other.module, &mut same, e));
        assert!(foreign.message().contains("is a type of another module"), "{foreign}");
        let (text, mut mixed) = (other.parse("const char *"), null_mut());
        for params in [[text.cast_const(), next], [next, text]] {
            ok(|e| metaffi_ctype_function(int, params.as_ptr(), 2, false, 0, &mut mixed, e));
            let mut spelled = null_mut();
            ok(|e| metaffi_ctype_name(mixed, &mut spelled, e));
            let name = CStr::from_ptr(spelled).to_str().unwrap();
            assert!(name.contains("const char *") && name.contains("struct node *"), "{name}");
            memory::metaffi_free(spelled.cast());
            metaffi_ctype_free(mixed);
        }
        metaffi_ctype_free(text);
        let error = fails(|e| metaffi_ctype_function(int, null(), 0, false, 7, &mut same, e));
        assert!(error.message().contains("convention is 7"), "{error}");
        let mut either = null_mut();
        ok(|e| {
            metaffi_ctype_union(session.module, null(), fields.as_ptr(), 2, 0, 16, &mut either, e)
        });
        ok(|e| metaffi_ctype_align(either, &mut size, e));
        assert_eq!(size, 16);
        metaffi_ctype_free(either);
        ok(|e| metaffi_ctype_array(int, usize::MAX, &mut same, e));
        assert!(metaffi_ctype_size(same, &mut size, null_mut()) != METAFFI_OK);
        metaffi_ctype_free(same);
        let error = fails(|e| metaffi_ctype_array(int, usize::MAX - 1, &mut same, e));
        assert_eq!((error.status(), same), (Status::OutOfRange, null_mut()));
    }
    for ctype in [node, int, next] {
        metaffi_ctype_free(ctype);
    }
}

#[test]
fn building_and_parsing_at_once_lose_nothing() {
    let session = Session::new("struct point { int x; };");
    let module = session.module.addr();
    let build = |thread: usize| {
        let module = std::ptr::without_provenance_mut::<metaffi_module>(module);
        for index in 0..50 {
            let tag = CString::new(format!("built_{thread}_{index}")).unwrap();
            let (mut int, mut built, mut failed) = (null_mut(), null_mut(), null_mut());
            // SAFETY: live arguments.
            unsafe {
                ok(|e| metaffi_ctype_parse(module, c"int".as_ptr(), &mut int, e));
                let fields =
                    [metaffi_ctype_field { name: c"a".as_ptr(), r#type: int, bits: 0, align: 0 }];
                let (tag, list) = (tag.as_ptr(), fields.as_ptr());
                ok(|e| metaffi_ctype_struct(module, tag, list, 1, 0, 0, &mut built, e));
                fails(|e| metaffi_ctype_parse(module, c"struct none".as_ptr(), &mut failed, e));
                let mut size = 0;
                ok(|e| metaffi_ctype_size(built, &mut size, e));
                assert_eq!(size, 4);
                metaffi_ctype_free(int);
                metaffi_ctype_free(built);
            }
        }
    };
    std::thread::scope(|scope| {
        for thread in 0..3 {
            scope.spawn(move || build(thread));
        }
    });
    let last = session.parse("struct built_2_49");
    assert_eq!(metaffi_ctype_field_count(last), 1);
    metaffi_ctype_free(last);
}

#[test]
fn primitives_need_neither_module_nor_text() {
    for (number, name) in [
        (METAFFI_PRIMITIVE_VOID, "void"),
        (METAFFI_PRIMITIVE_UNSIGNED_CHAR, "unsigned char"),
        (METAFFI_PRIMITIVE_UNSIGNED_INT128, "unsigned __int128"),
        (METAFFI_PRIMITIVE_CHAR32, "char32_t"),
        (METAFFI_PRIMITIVE_LONG_DOUBLE, "long double"),
        (METAFFI_PRIMITIVE_COMPLEX_LONG_DOUBLE, "_Complex long double"),
    ] {
        let (mut ctype, mut spelled) = (null_mut(), null_mut());
        // SAFETY: live arguments; the name is text of metaffi's.
        unsafe {
            ok(|e| metaffi_ctype_primitive(number, &mut ctype, e));
            assert_eq!(metaffi_ctype_primitive_number(ctype), number);
            ok(|e| metaffi_ctype_name(ctype, &mut spelled, e));
            assert_eq!(CStr::from_ptr(spelled).to_str().unwrap(), name);
            memory::metaffi_free(spelled.cast());
            metaffi_ctype_free(ctype);
        }
    }
    let mut ctype = null_mut();
    for number in [METAFFI_PRIMITIVE_NONE, METAFFI_PRIMITIVE_COMPLEX_LONG_DOUBLE + 1] {
        // SAFETY: live arguments.
        let refused = fails(|e| unsafe { metaffi_ctype_primitive(number, &mut ctype, e) });
        assert!(refused.message().contains("1 to 26"), "{refused}");
    }
}

#[test]
fn types_of_no_module_are_parts_of_every_module_s() {
    let session = Session::new("struct point { int x, y; };");
    let (mut double, mut pointer, mut record) = (null_mut(), null_mut(), null_mut());
    let (mut function, mut returned, mut part) = (null_mut(), null_mut(), null_mut());
    let (mut count, mut variadic, mut convention) = (0, false, 9);
    let point = session.parse("struct point");
    // SAFETY: live arguments.
    unsafe {
        ok(|e| metaffi_ctype_primitive(METAFFI_PRIMITIVE_DOUBLE, &mut double, e));
        ok(|e| metaffi_ctype_pointer(double, &mut pointer, e));
        let unnamed = |r#type| metaffi_ctype_field { name: null(), r#type, bits: 0, align: 0 };
        let fields = [unnamed(pointer), unnamed(double), unnamed(point)];
        let module = session.module;
        ok(|e| metaffi_ctype_struct(module, null(), fields.as_ptr(), 3, 0, 0, &mut record, e));
        let mut offset = 0;
        ok(|e| metaffi_ctype_offset(record, c"y".as_ptr(), &mut offset, null_mut(), e));
        assert_eq!((metaffi_ctype_field_count(record), offset), (3, 20));

        let params = [record.cast_const(), pointer];
        ok(|e| metaffi_ctype_function(double, params.as_ptr(), 2, true, 2, &mut function, e));
        ok(|e| {
            let (returned, count) = (&raw mut returned, &raw mut count);
            metaffi_ctype_signature(function, returned, count, &mut variadic, &mut convention, e)
        });
        assert_eq!((count, variadic, convention), (2, true, METAFFI_CONVENTION_MS));
        assert_eq!(metaffi_ctype_primitive_number(returned), METAFFI_PRIMITIVE_DOUBLE);
        ok(|e| metaffi_ctype_param(function, 1, &mut part, e));
        assert_eq!(metaffi_ctype_kind(part), METAFFI_CTYPE_KIND_POINTER);
        metaffi_ctype_free(part);
        let none = fails(|e| metaffi_ctype_param(function, 2, &mut part, e));
        assert_eq!(none.status(), Status::OutOfRange);
        let none = fails(|e| metaffi_ctype_param(double, 0, &mut part, e));
        assert_eq!(none.status(), Status::TypeMismatch);
    }
    for ctype in [double, pointer, record, function, returned, point] {
        assert_eq!(metaffi_ctype_free(ctype), METAFFI_OK);
    }
}

#[test]
fn bits_of_zero_are_none_and_an_end_is_said() {
    let session = Session::new("");
    let (mut int, mut made, mut size) = (null_mut(), null_mut(), 0);
    // SAFETY: live arguments.
    unsafe {
        ok(|e| metaffi_ctype_primitive(METAFFI_PRIMITIVE_INT, &mut int, e));
        let bits = |bits| metaffi_ctype_field { name: null(), r#type: int, bits, align: 0 };
        let fields = [bits(3), bits(METAFFI_BITS_END), bits(3)];
        let module = session.module;
        ok(|e| metaffi_ctype_struct(module, null(), fields.as_ptr(), 3, 0, 0, &mut made, e));
        ok(|e| metaffi_ctype_size(made, &mut size, e));
        assert_eq!((size, metaffi_ctype_field_count(made)), (5, 0));
        metaffi_ctype_free(made);
        let fields = [bits(0), bits(-2)];
        let refused =
            fails(|e| metaffi_ctype_struct(module, null(), fields.as_ptr(), 2, 0, 0, &mut made, e));
        assert_eq!(
            refused.message(),
            "fields[1]: bits is -2; it is 0 for a member that is no bit-field"
        );
        metaffi_ctype_free(int);
    }
}
