use super::*;

#[test]
fn globals_know_their_type_and_storage() {
    let declarations = declared(
        "extern int errno_like, *pointer; extern const char version[]; __thread int per_thread;
         extern _Thread_local long other; static int hidden; FILE_like *none(void);
         extern char **environ; const double pi = 3.14; int table[2][3], (*f)(void);"
            .replace("FILE_like", "void")
            .as_str(),
    );
    assert_eq!(type_of(&declarations, "pointer"), "int *");
    assert!(global(&declarations, "version").constant);
    assert!(global(&declarations, "pi").constant);
    assert!(!global(&declarations, "pointer").constant);
    assert!(global(&declarations, "per_thread").thread_local);
    assert!(global(&declarations, "other").thread_local);
    assert!(global(&declarations, "hidden").internal);
    assert_eq!(type_of(&declarations, "table"), "int [2][3]");
    assert_eq!(type_of(&declarations, "f"), "int (*)(void)");
}

#[test]
fn initialisers_give_arrays_their_length() {
    let declarations = declared(
        "int a[] = {1, 2, 3}; char s[] = \"abc\" \"d\"; int d[] = {[4] = 1, 2, [0] = {3}};
         struct { int x; } r[] = {{1}, {2},}; int range[] = {[0 ... 9] = 1}; int *p = &a[1];
         int fixed[2] = {1, 2}, later = 5; wchar_t w[] = L\"xy\";",
    );
    for (name, length) in
        [("a", 3), ("s", 5), ("d", 6), ("r", 2), ("range", 10), ("fixed", 2), ("w", 3)]
    {
        let size = declarations.evaluate(&format!("sizeof({name}) / sizeof({name}[0])")).unwrap();
        assert_eq!(size.value, ConstantValue::Integer(length), "{name}");
    }
}

#[test]
fn constant_variables_with_a_value_are_constants() {
    let declarations = declared(
        "static const int five = 5; static const unsigned char byte = 300;
         static const double half = 1 / 2.0; static const char text[] = \"a\\0b\";
         static const char *const name = \"x\"; constexpr long big = five * 2L;
         extern const int elsewhere; int sized[five];",
    );
    assert_eq!(value(&declarations, "five"), ConstantValue::Integer(5));
    assert_eq!(value(&declarations, "byte"), ConstantValue::Integer(44));
    assert_eq!(value(&declarations, "half"), ConstantValue::Float(0.5));
    assert_eq!(value(&declarations, "text"), ConstantValue::Text(Arc::from(*b"a\0b")));
    assert_eq!(value(&declarations, "name"), ConstantValue::Text(Arc::from(*b"x")));
    assert_eq!(value(&declarations, "big"), ConstantValue::Integer(10));
    assert!(matches!(declarations.get("elsewhere").unwrap().item, Item::Global(_)));
    assert_eq!(type_of(&declarations, "sized"), "int [5]");
}
