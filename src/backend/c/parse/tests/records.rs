use super::*;
use crate::backend::c::types::Primitive;

#[test]
fn members_nest_and_anonymous_ones_belong_to_the_outer_record() {
    let declarations = declared(
        "struct outer {
             struct inner { short a; } first, *second;
             union { int i; float f; };
             struct { char c; enum { RED, GREEN = 5, } color; } named;
             unsigned low : 3, : 2, high : 4;
             ; int (*callback)(struct outer *);
             _Static_assert(sizeof(int) == 4, \"int\");
             char tail[];
         };",
    );
    assert_eq!(member(&declarations, "struct outer", "f").offset, 16);
    assert_eq!(member(&declarations, "struct outer", "named.color").offset, 24);
    let bits = member(&declarations, "struct outer", "high").bits.unwrap();
    assert_eq!((bits.shift, bits.width), (5, 4));
    assert_eq!(size(&declarations, "struct outer"), 40);
    assert_eq!(value(&declarations, "GREEN"), ConstantValue::Integer(5));
    assert_eq!(size(&declarations, "struct inner"), 2);
}

#[test]
fn packed_and_aligned_work_in_every_position() {
    for text in [
        "struct __attribute__((packed)) s { char a; int b; };",
        "struct s { char a; int b; } __attribute__((packed));",
        "struct s { char a; int b; } __attribute__((__packed__)) x;",
        "struct s { char a; int b __attribute__((packed)); };",
        "struct s { char a; __attribute__((packed)) int b; };",
        "struct [[gnu::packed]] s { char a; int b; };",
    ] {
        let declarations = declared(text);
        assert_eq!(member(&declarations, "struct s", "b").offset, 1, "{text}");
    }
    for text in [
        "struct __attribute__((aligned(16))) s { char a; char b; };",
        "struct s { char a; char b; } __attribute__((aligned(8 * 2)));",
        "struct s { char a; _Alignas(16) char b; };",
        "struct s { char a; _Alignas(long double) char b; };",
        "struct s { char a; char b __attribute__((aligned)); };",
        "struct s { char a; __attribute__((aligned(sizeof(long) * 2))) char b; };",
    ] {
        assert_eq!(align(&declared(text), "struct s"), 16, "{text}");
    }
    let declarations = declared("struct s { char a; _Alignas(8) char b; };");
    assert_eq!(member(&declarations, "struct s", "b").offset, 8);
    assert_eq!(size(&declarations, "struct s"), 16);
}

#[test]
fn pragma_pack_limits_alignment_until_it_is_popped() {
    let declarations = declared(
        "#pragma pack(push, 1)
         struct one { char a; int b; };
         #pragma pack(2)
         struct two { char a; int b; };
         #pragma pack(pop)
         struct none { char a; int b; };
         #pragma pack(4)
         struct four { char a; long b; };
         #pragma pack()
         struct last { char a; long b; };",
    );
    let offset = |name: &str| member(&declarations, name, "b").offset;
    assert_eq!(
        ["struct one", "struct two", "struct none", "struct four", "struct last"].map(offset),
        [1, 2, 4, 4, 8]
    );
    assert!(refused("#pragma pack(pop)\nint x;").contains("without a push"));
    assert!(refused("#pragma pack(3)\nint x;").contains("malformed"));
}

#[test]
fn an_empty_struct_has_size_zero() {
    let declarations = declared("struct empty {}; union none {}; struct pair { struct empty e; };");
    assert_eq!(size(&declarations, "struct empty"), 0);
    assert_eq!(size(&declarations, "union none"), 0);
    assert_eq!(size(&declarations, "struct pair"), 0);
}

#[test]
fn a_record_may_be_named_before_it_is_defined() {
    let declarations = declared(
        "typedef struct node node; extern node *first; struct node { node *next; int v; };",
    );
    assert_eq!(size(&declarations, "node"), 16);
    assert_eq!(declarations.tag("node").unwrap().location.to_string(), "test:1:54");
    assert_eq!(declarations.tags().len(), 1);
}

#[test]
fn enums_take_expressions_types_and_attributes() {
    let declarations = declared(
        "enum e { A = 1 << 4, B, C = B * 2 + sizeof(int), D __attribute__((deprecated)) = -A, };
         enum small : unsigned char { S = 255 };
         enum __attribute__((packed)) p { P1, P2 = 200 };
         enum big { LOW = -1, HIGH = 0xffffffff };
         enum [[deprecated]] late { L [[deprecated]] = 'x' };",
    );
    let of = |name: &str| value(&declarations, name);
    assert_eq!(of("B"), ConstantValue::Integer(17));
    assert_eq!(of("C"), ConstantValue::Integer(38));
    assert_eq!(of("D"), ConstantValue::Integer(-16));
    assert_eq!(of("L"), ConstantValue::Integer(120));
    let sizes = ["enum e", "enum small", "enum p", "enum big"].map(|e| size(&declarations, e));
    assert_eq!(sizes, [4, 1, 1, 8]);
    assert_eq!(type_of(&declarations, "S"), "unsigned char");
    assert_eq!(type_of(&declarations, "HIGH"), "long");
    assert!(refused("enum small : unsigned char { S = 256 };").contains("256"));
}

#[test]
fn layouts_that_are_not_ours_are_refused() {
    for text in [
        "struct __attribute__((ms_struct)) s { char a : 4; int b : 4; };",
        "struct __attribute__((scalar_storage_order(\"big-endian\"))) s { int a; };",
        "struct s { int a; } __attribute__((__scalar_storage_order__(\"big-endian\")));",
        "#pragma scalar_storage_order big-endian\nstruct s { int a; };",
        "#pragma ms_struct on\nunion s { char a : 4; int b : 4; };",
    ] {
        let message = refused(text);
        assert!(message.contains("is not supported; use bytes"), "{message}");
    }
    declared("struct __attribute__((scalar_storage_order(\"little-endian\"))) s { int a; };");
    declared(
        "#pragma ms_struct on\n#pragma scalar_storage_order big-endian\n
         typedef int order;\n#pragma scalar_storage_order default\n
         #pragma ms_struct off\nstruct s { int a; };",
    );
    let declarations = Declarations::default();
    let header = "# 1 \"h.h\"\n#pragma scalar_storage_order big-endian\nstruct s { int a; };\n\
                  struct s *get(void);\n#pragma scalar_storage_order default\n\
                  struct t { int a; };\n";
    declarations.declare_preprocessed(header, "h.h").unwrap();
    assert_eq!(size(&declarations, "struct t"), 4);
    assert!(
        declarations.parse_type("struct s").is_ok_and(|s| !declarations.types().is_complete(s))
    );
    let typedef =
        "typedef struct { int a; } t __attribute__((scalar_storage_order(\"big-endian\")));";
    assert!(refused(typedef).contains("scalar_storage_order"));
}

#[test]
fn who_needs_a_definition_that_is_passed_over_is_passed_over() {
    let declarations = Declarations::default();
    let header = "# 1 \"h.h\"\ntypedef struct odd odd;\n
                  struct odd {\n#pragma pack(push, 1)\n _Decimal64 d;\n#pragma pack(pop)\n};
                  struct holder { odd odd; }; struct after { char c; int i; odd *odd; };
                  enum __attribute__((mode(V4SI))) far { FAR }; extern int n[sizeof(enum far)];";
    declarations.declare_preprocessed(header, "h.h").unwrap();
    assert_eq!(size(&declarations, "struct after"), 16);
    let names = declarations.unsupported().into_iter().map(|one| one.name);
    let names: Vec<String> = names.collect();
    assert_eq!(names, ["struct odd", "struct holder", "enum far", "n"]);
    let types = declarations.types();
    let whole = types.size(declarations.parse_type("struct holder").unwrap()).unwrap_err();
    assert!(whole.message().contains("the type '_Decimal64' is not supported"), "{whole}");
}

#[test]
fn an_enum_has_the_size_of_its_mode() {
    let declarations = declared(
        "enum __attribute__((mode(HI))) hi { HI = 5 }; struct s { enum hi e; char c; };
         enum qi { QI = -1 } __attribute__((__mode__(__QI__)));",
    );
    let types = declarations.types();
    let size = |text| types.size(declarations.parse_type(text).unwrap()).unwrap();
    assert_eq!((size("enum hi"), size("struct s"), size("enum qi")), (2, 4, 1));
    assert_eq!(types.integer(types.tagged("hi").unwrap()), Some(Primitive::UnsignedShort));
}

#[test]
fn macros_that_stand_for_members_are_found_as_these() {
    let declarations = declared(
        "struct time { long seconds, nanoseconds; };\n\
         struct file { int kind; struct time changed; union { int a[3]; char c; } u; char **names; };\n\
         #define ctime changed.seconds\n#define inner u\n#define second inner.a[1]\n\
         #define first_name names[0]\n#define kind2 kind\n#define c u.c\n#define version 1.2\n",
    );
    let offset = |path: &str| member(&declarations, "struct file", path).offset;
    assert_eq!([offset("ctime"), offset("second"), offset("kind2"), offset("c")], [8, 28, 0, 24]);
    let file = declarations.parse_type("struct file").unwrap();
    let members = ["kind", "changed", "u", "names"].into_iter();
    let names = declarations.types().macro_members(file, members);
    let names: Vec<_> = names.iter().map(|(name, place)| (&**name, place.offset)).collect();
    assert_eq!(names, [("kind2", 0), ("ctime", 8), ("c", 24), ("inner", 24), ("second", 28)]);
    declarations.declare("#undef ctime\n#define later u.a[2]\n", "later").unwrap();
    let types = declarations.types();
    assert_eq!(types.path(file, "ctime").unwrap_err().status(), Status::NotFound);
    assert_eq!(types.path(file, "later").unwrap().offset, 32);
    declarations.declare("#define half kind\nint wrong wrong;", "wrong").unwrap_err();
    assert!(types.path(file, "half").is_err());
}
