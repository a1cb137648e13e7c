//! What Java sees of values of each type, and what comes back: a row for each cell of the table in
//! `docs/jvm.md`.

mod given;
mod guest;

use given::{any, array, list, map, neutral, null, spelled, string};
use guest::Guest;
use std::ptr;

use metaffi::abi::metaffi_array;
use metaffi::error::Status;
use metaffi::handle::pin;
use metaffi::signature::Kind::{self, *};
use metaffi::value::array as arrays;
use metaffi::value::{self, OwnedValue};

/// A value that a method takes as a kind: what it is in Java, and what comes back as the same kind.
struct Cell {
    method: &'static str,
    kind: &'static str,
    given: OwnedValue,
    seen: &'static str,
    back: &'static str,
}

/// Rows of a method, the kind that it is declared to take and give, what it is given, what Java sees and
/// what comes back.
macro_rules! cells {
    ($($method:literal as $kind:literal: $given:expr => $seen:expr, $back:expr;)*) => {
        vec![$(Cell { method: $method, kind: $kind, given: $given, seen: $seen, back: $back },)*]
    };
}

fn check(cells: Vec<Cell>) {
    let Some(guest) = Guest::load() else { return };
    let mut wrong = String::new();
    for cell in cells {
        let Cell { method, kind, given, seen, back } = &cell;
        let found = guest.seen(method, kind, given);
        let again = guest.call(method, &[kind], &[kind], &[given]);
        let again = again.map(|values| spelled(&values[0]));
        for (found, wanted) in [(found, seen), (again, back)] {
            let found = found.unwrap_or_else(|error| format!("{:?}: {error}", error.status()));
            let is_status = wanted.starts_with(char::is_uppercase) && !wanted.contains(' ');
            if found != **wanted && !(is_status && found.starts_with(&format!("{wanted}: "))) {
                wrong += &format!("\n{method} of {}:\n  {found}\n  {wanted}", spelled(given));
            }
        }
    }
    assert!(wrong.is_empty(), "found, and wanted:{wrong}");
}

#[test]
fn numbers_characters_and_truth() {
    check(cells! {
        "echo(boolean)" as "bool": any(true) => "Boolean true", "bool true";
        "echo(byte)" as "int8": any(-128_i8) => "Byte -128", "int8 -128";
        "echo(short)" as "int16": any(-32768_i16) => "Short -32768", "int16 -32768";
        "echo(int)" as "int32": any(i32::MIN) => "Integer -2147483648", "int32 -2147483648";
        "echo(long)" as "int64": any(i64::MIN) => "Long -9223372036854775808", "int64 -9223372036854775808";
        "echo(byte)" as "uint8": any(127_u8) => "Byte 127", "uint8 127";
        "echo(short)" as "uint8": any(255_u8) => "Short 255", "uint8 255";
        "echo(int)" as "uint16": any(65535_u16) => "Integer 65535", "uint16 65535";
        "echo(char)" as "uint16": any(65_u16) => "Character A", "uint16 65";
        "echo(long)" as "uint32": any(u32::MAX) => "Long 4294967295", "uint32 4294967295";
        "echo(long)" as "uint64": any(i64::MAX as u64) => "Long 9223372036854775807", "uint64 9223372036854775807";
        "echo(java.math.BigInteger)" as "uint64": any(u64::MAX) => "BigInteger 18446744073709551615", "uint64 18446744073709551615";
        "echo(java.lang.Object)" as "uint64": any(u64::MAX) => "BigInteger 18446744073709551615", "uint64 18446744073709551615";
        "echo(java.lang.Object)" as "uint64": any(5_u64) => "Integer 5", "uint64 5";
        "echo(long)" as "size": any(7_usize) => "Long 7", "size 7";
        "echo(float)" as "float32": any(0.1_f32) => "Float 0.1", "float32 0.10000000149011612";
        "echo(double)" as "float64": any(0.1) => "Double 0.1", "float64 0.1";
        "echo(float)" as "float64": any(0.1) => "Float 0.1", "float64 0.10000000149011612";
        "echo(double)" as "float32": any(0.5_f32) => "Double 0.5", "float32 0.5";
        "echo(double)" as "int64": any(1_i64 << 53) => "Double 9.007199254740992E15", "TypeMismatch";
        "echo(char)" as "char8": given::char8(b'a') => "Character a", "char8 'a'";
        "echo(char)" as "char16": given::char16(0x7a) => "Character z", "char16 'z'";
        "echo(char)" as "char32": given::char32('é') => "Character é", "char32 'é'";
        "echo(int)" as "char32": given::char32('😀') => "Integer 128512", "char32 '😀'";
        "echo(java.lang.String)" as "char32": given::char32('😀') => "String 😀", "char32 '😀'";
        "echo(java.lang.Character)" as "char16": given::char16(0x41) => "Character A", "char16 'A'";
    });
}

#[test]
fn boxes_and_numbers_of_any_size() {
    check(cells! {
        "echo(java.lang.Boolean)" as "bool": any(false) => "Boolean false", "bool false";
        "echo(java.lang.Byte)" as "int8": any(1_i8) => "Byte 1", "int8 1";
        "echo(java.lang.Short)" as "int32": any(1_i32) => "Short 1", "int32 1";
        "echo(java.lang.Integer)" as "int64": any(1_i64) => "Integer 1", "int64 1";
        "echo(java.lang.Long)" as "int32": any(1_i32) => "Long 1", "int32 1";
        "echo(java.lang.Long)" as "any": any(1_i32) => "Long 1", "int64 1";
        "echo(java.lang.Integer)" as "any": null() => "null", "null";
        "echo(java.lang.Float)" as "float64": any(0.5) => "Float 0.5", "float64 0.5";
        "echo(java.lang.Double)" as "any": any(7_i64) => "Double 7.0", "float64 7.0";
        "echo(java.lang.Number)" as "float32": any(0.5_f32) => "Float 0.5", "float32 0.5";
        "echo(java.lang.Number)" as "int64": any(5_i64) => "Long 5", "int64 5";
        "echo(java.math.BigInteger)" as "int64": any(-5_i64) => "BigInteger -5", "int64 -5";
        "echo(java.math.BigDecimal)" as "float64": any(0.5) => "BigDecimal 0.5", "float64 0.5";
        "optional" as "any": any(5_i64) => "Optional Integer 5", "int32 5";
        "optional" as "int64": any(5_i64) => "Optional Integer 5", "int64 5";
        "optional" as "any": null() => "Optional null", "null";
        "echo(java.lang.Object)" as "any": any(5_i64) => "Integer 5", "int32 5";
        "echo(java.lang.Object)" as "any": any(1_i64 << 40) => "Long 1099511627776", "int64 1099511627776";
        "echo(java.lang.Object)" as "any": any(u64::MAX) => "BigInteger 18446744073709551615", "bigint 18446744073709551615";
        "echo(java.lang.Object)" as "any": any(0.1) => "Double 0.1", "float64 0.1";
        "echo(java.lang.Object)" as "any": any(0.1_f32) => "Float 0.1", "float32 0.10000000149011612";
        "echo(java.lang.Object)" as "any": any(true) => "Boolean true", "bool true";
        "echo(java.lang.Object)" as "any": given::char16(0x41) => "Character A", "char16 'A'";
        "echo(java.lang.Object)" as "any": null() => "null", "null";
        "echo(long)" as "any": any(7_i8) => "Long 7", "int64 7";
        "echo(float)" as "any": any(0.1) => "Float 0.1", "float32 0.10000000149011612";
    });
}

#[test]
fn texts() {
    let whole = "a\0ß\u{10348}😀";
    let bad = format!("string8 {whole:?}");
    let seen = Box::leak(format!("String {whole}").into_boxed_str());
    let back = |kind: &str| &*Box::leak(format!("{kind} {whole:?}").into_boxed_str());
    assert_eq!(bad, back("string8"));
    check(cells! {
        "echo(java.lang.String)" as "string8": string(whole, String8) => seen, back("string8");
        "echo(java.lang.String)" as "string16": string(whole, String16) => seen, back("string16");
        "echo(java.lang.String)" as "string32": string(whole, String32) => seen, back("string32");
        "echo(java.lang.CharSequence)" as "string8": string("", String8) => "String ", "string8 \"\"";
        "echo(java.lang.Object)" as "string16": string(whole, String16) => seen, back("string16");
        "echo(java.lang.Object)" as "any": string(whole, String32) => seen, back("string8");
        "echo(java.lang.String)" as "any": string("x", String8) => "String x", "string8 \"x\"";
        "echo(java.lang.String)" as "any": given::char16(0x41) => "String A", "string8 \"A\"";
        "echo(char[])" as "string8": string("ab", String8) => "char[] [a, b]", "string8 \"ab\"";
        "echo(char)" as "string8": string("a", String8) => "Character a", "string8 \"a\"";
        "optionalText" as "string8": string("a", String8) => "Optional String a", "string8 \"a\"";
    });
}

#[test]
fn neutral_values() {
    let (big, date) = ("-123456789012345678901234567890", "2024-02-29");
    let time = |text| neutral(text, Kind::DateTime);
    check(cells! {
        "echo(java.math.BigInteger)" as "bigint": neutral(big, BigInt) => "BigInteger -123456789012345678901234567890", "bigint -123456789012345678901234567890";
        "echo(java.math.BigInteger)" as "bigint": neutral("0", BigInt) => "BigInteger 0", "bigint 0";
        "echo(java.math.BigInteger)" as "bigint": neutral("255", BigInt) => "BigInteger 255", "bigint 255";
        "echo(long)" as "bigint": neutral("-9223372036854775808", BigInt) => "Long -9223372036854775808", "bigint -9223372036854775808";
        "echo(java.lang.Object)" as "any": neutral(big, BigInt) => "BigInteger -123456789012345678901234567890", "bigint -123456789012345678901234567890";
        "echo(java.math.BigDecimal)" as "decimal": neutral("-1.50", Decimal) => "BigDecimal -1.50", "decimal -1.50";
        "echo(java.math.BigDecimal)" as "any": neutral("1E+3", Decimal) => "BigDecimal 1E+3", "decimal 1E+3";
        "echo(double)" as "decimal": neutral("0.5", Decimal) => "Double 0.5", "decimal 0.5";
        "echo(java.time.LocalDate)" as "date": neutral(date, Date) => "LocalDate 2024-02-29", "date 2024-02-29";
        "echo(java.lang.Object)" as "any": neutral(date, Date) => "LocalDate 2024-02-29", "date 2024-02-29";
        "echo(java.time.LocalDate)" as "date": neutral("-0001-01-01", Date) => "LocalDate -0001-01-01", "date -0001-01-01";
        "echo(java.time.LocalTime)" as "time": neutral("12:30:00.000000001", Time) => "LocalTime 12:30:00.000000001", "time 12:30:00.000000001";
        "echo(java.time.OffsetTime)" as "time": neutral("12:30:00-05:00", Time) => "OffsetTime 12:30-05:00", "time 12:30:00-05:00";
        "echo(java.time.LocalDateTime)" as "datetime": time("2024-02-29T12:30:00.5") => "LocalDateTime 2024-02-29T12:30:00.500", "datetime 2024-02-29T12:30:00.5";
        "echo(java.time.OffsetDateTime)" as "datetime": time("2024-02-29T12:30:00+02:00") => "OffsetDateTime 2024-02-29T12:30+02:00", "datetime 2024-02-29T12:30:00+02:00";
        "echo(java.time.Instant)" as "datetime": time("2024-02-29T12:30:00+02:00") => "Instant 2024-02-29T10:30:00Z", "datetime 2024-02-29T10:30:00+00:00";
        "echo(java.time.ZonedDateTime)" as "datetime": time("2024-07-01T12:30:00+02:00[Europe/Paris]") => "ZonedDateTime 2024-07-01T12:30+02:00[Europe/Paris]", "datetime 2024-07-01T12:30:00+02:00[Europe/Paris]";
        "echo(java.lang.Object)" as "any": time("2024-07-01T12:30:00[Europe/Paris]") => "ZonedDateTime 2024-07-01T12:30+02:00[Europe/Paris]", "datetime 2024-07-01T12:30:00+02:00[Europe/Paris]";
        "echo(java.time.Duration)" as "duration": neutral("-PT0.5S", Duration) => "Duration PT-0.5S", "duration -PT0.5S";
        "echo(java.time.ZoneId)" as "zone": neutral("Europe/Paris", Zone) => "ZoneRegion Europe/Paris", "zone Europe/Paris";
        "echo(java.util.UUID)" as "uuid": neutral("12345678-1234-5678-1234-567812345678", Uuid) => "UUID 12345678-1234-5678-1234-567812345678", "uuid 12345678-1234-5678-1234-567812345678";
        "echo(java.util.UUID)" as "any": null() => "null", "null";
    });
}

#[test]
fn collections() {
    let numbers = || list(vec![any(1_i64), any(1_i64 << 40)]);
    let small = || list(vec![any(1_i64), any(2_i64)]);
    let pair = || map(vec![string("a", String8), any(1_i64)]);
    let set = |items| metaffi::value::neutral::of_values(items, Kind::Set).unwrap();
    let tuple = |items| metaffi::value::neutral::of_values(items, Kind::Tuple).unwrap();
    check(cells! {
        "integers" as "any": small() => "ArrayList [Integer 1, Integer 2]", "handle";
        "longs" as "any": small() => "ArrayList [Long 1, Long 2]", "handle";
        "longs" as "any_array": numbers() => "ArrayList [Long 1, Long 1099511627776]", "any_array [int64 1, int64 1099511627776]";
        "longs" as "int64_array": array(Int64, &[2], vec![any(1_i64), any(2_i64)]) => "ArrayList [Long 1, Long 2]", "int64_array [1, 2]";
        "nested" as "any": list(vec![small(), list(vec![])]) => "ArrayList [ArrayList [Short 1, Short 2], ArrayList []]", "handle";
        "bytes" as "any": small() => "ArrayList [Byte 1, Byte 2]", "handle";
        "floats" as "set": set(vec![any(0.5), any(1_i64)]) => "LinkedHashSet [Float 0.5, Float 1.0]", "set [float32 0.5, float32 1.0]";
        "map" as "map": pair() => "LinkedHashMap {String a=Long 1}", "map [[string8 \"a\", int64 1]]";
        "map" as "any": pair() => "LinkedHashMap {String a=Long 1}", "handle";
        "tree" as "map": map(vec![any(2_i64), small(), any(1_i64), list(vec![])]) => "TreeMap {Integer 1=int[] [], Integer 2=int[] [1, 2]}", "map [[int32 1, int32_array []], [int32 2, int32_array [1, 2]]]";
        "echo(java.lang.Object)" as "any": pair() => "LinkedHashMap {String a=Integer 1}", "handle";
        "echo(java.lang.Object)" as "set": set(vec![any(7_i64)]) => "LinkedHashSet [Integer 7]", "set [int32 7]";
        "echo(java.lang.Object)" as "any": tuple(vec![any(7_i64), null()]) => "Object[] [Integer 7, null]", "any_array [int32 7, null]";
        "echo(java.lang.Object[])" as "tuple": tuple(vec![any(7_i64)]) => "Object[] [Integer 7]", "tuple [int32 7]";
    });
}

#[test]
fn arrays_of_anything() {
    let ints = |numbers: &[i32]| numbers.iter().map(|one| any(*one)).collect::<Vec<_>>();
    let row = |kind, numbers: &[i32]| array(kind, &[numbers.len()], ints(numbers));
    let texts =
        || vec![string("a\0", String8), any(value::zero(String8.into())), string("😀", String8)];
    check(cells! {
        "echo(boolean[])" as "bool_array": array(Bool, &[3], vec![any(true), any(false), any(true)]) => "boolean[] [true, false, true]", "bool_array [true, false, true]";
        "echo(byte[])" as "int8_array": row(Int8, &[-1, 127]) => "byte[] [-1, 127]", "int8_array [-1, 127]";
        "echo(byte[])" as "uint8_array": row(Uint8, &[255, 127]) => "byte[] [-1, 127]", "uint8_array [255, 127]";
        "echo(byte[])" as "uint8_packed_array": row(Uint8, &[255, 127]) => "byte[] [-1, 127]", "uint8_packed_array [255, 127]";
        "echo(short[])" as "uint8_array": row(Uint8, &[255]) => "short[] [255]", "uint8_array [255]";
        "echo(short[])" as "int16_array": row(Int16, &[-5]) => "short[] [-5]", "int16_array [-5]";
        "echo(char[])" as "char16_array": array(Char16, &[2], vec![given::char16(0x41), given::char16(0x7a)]) => "char[] [A, z]", "char16_array ['A', 'z']";
        "echo(char[])" as "uint16_array": row(Uint16, &[65]) => "char[] [A]", "uint16_array [65]";
        "echo(char[])" as "char8_array": array(Char8, &[1], vec![given::char8(65)]) => "char[] [A]", "char8_array ['A']";
        "echo(int[])" as "char32_array": array(Char32, &[1], vec![given::char32('😀')]) => "int[] [128512]", "char32_array ['😀']";
        "echo(int[])" as "uint16_array": row(Uint16, &[65535]) => "int[] [65535]", "uint16_array [65535]";
        "echo(int[])" as "int32_array": row(Int32, &[1, -2]) => "int[] [1, -2]", "int32_array [1, -2]";
        "echo(int[])" as "int64_array": row(Int64, &[1, -2]) => "int[] [1, -2]", "int64_array [1, -2]";
        "echo(long[])" as "int32_array": row(Int32, &[1, -2]) => "long[] [1, -2]", "int32_array [1, -2]";
        "echo(long[])" as "int64_array": row(Int64, &[1, -2]) => "long[] [1, -2]", "int64_array [1, -2]";
        "echo(long[])" as "uint32_array": array(Uint32, &[1], vec![any(u32::MAX)]) => "long[] [4294967295]", "uint32_array [4294967295]";
        "echo(long[])" as "uint64_array": row(Uint64, &[1]) => "long[] [1]", "uint64_array [1]";
        "echo(long[])" as "size_array": row(Size, &[1]) => "long[] [1]", "size_array [1]";
        "echo(java.math.BigInteger[])" as "uint64_array": array(Uint64, &[1], vec![any(u64::MAX)]) => "BigInteger[] [BigInteger 18446744073709551615]", "uint64_array [18446744073709551615]";
        "echo(java.math.BigInteger[])" as "bigint_array": array(BigInt, &[1], vec![any(u64::MAX)]) => "BigInteger[] [BigInteger 18446744073709551615]", "bigint_array [18446744073709551615]";
        "echo(float[])" as "float32_array": array(Float32, &[1], vec![any(0.1_f32)]) => "float[] [0.1]", "float32_array [0.10000000149011612]";
        "echo(double[])" as "float32_array": array(Float32, &[1], vec![any(0.5_f32)]) => "double[] [0.5]", "float32_array [0.5]";
        "echo(double[])" as "float64_array": array(Float64, &[2], vec![any(0.1), any(f64::INFINITY)]) => "double[] [0.1, Infinity]", "float64_array [0.1, inf]";
        "echo(double[])" as "int32_array": row(Int32, &[3]) => "double[] [3.0]", "TypeMismatch";
        "echo(java.lang.Integer[])" as "int32_array": row(Int32, &[3]) => "Integer[] [Integer 3]", "int32_array [3]";
        "echo(java.lang.Integer[])" as "any": list(vec![any(3_i64), null()]) => "Integer[] [Integer 3, null]", "any_array [int32 3, null]";
        "echo(java.lang.String[])" as "string8_array": array(String8, &[3], texts()) => "String[] [String a\0, null, String 😀]", "string8_array [\"a\\0\", NULL, \"😀\"]";
        "echo(java.lang.String[])" as "string16_array": array(String16, &[1], vec![string("😀", String16)]) => "String[] [String 😀]", "string16_array [\"😀\"]";
        "echo(java.lang.String[])" as "string32_array": array(String32, &[1], vec![string("😀", String32)]) => "String[] [String 😀]", "string32_array [\"😀\"]";
        "echo(java.lang.String[][])" as "string8_array": array(String8, &[1, 2], vec![string("a", String8), string("b", String8)]) => "String[][] [String[] [String a, String b]]", "string8_array [[\"a\", \"b\"]]";
        "echo(int[][])" as "int32_array": array(Int32, &[2, 3], ints(&[1, 2, 3, 4, 5, 6])) => "int[][] [int[] [1, 2, 3], int[] [4, 5, 6]]", "int32_array [[1, 2, 3], [4, 5, 6]]";
        "echo(int[][])" as "int32_array": array(Int32, &[0, 3], vec![]) => "int[][] []", "int32_array []";
        "echo(int[][])" as "any": list(vec![list(ints(&[1])), list(vec![])]) => "int[][] [int[] [1], int[] []]", "int32_array [int32_array [1], int32_array []]";
        "echo(double[][][])" as "float64_array": array(Float64, &[1, 2, 1], vec![any(1.0), any(2.0)]) => "double[][][] [double[][] [double[] [1.0], double[] [2.0]]]", "float64_array [[[1.0], [2.0]]]";
        "echo(java.lang.Object[])" as "any_array": list(vec![any(1_i64), string("a", String8), null()]) => "Object[] [Integer 1, String a, null]", "any_array [int32 1, string8 \"a\", null]";
        "echo(java.lang.Object)" as "any": row(Int32, &[1]) => "int[] [1]", "int32_array [1]";
        "echo(java.lang.Object)" as "any": row(Uint8, &[255]) => "byte[] [-1]", "uint8_array [255]";
        "echo(java.lang.Object)" as "any": row(Uint32, &[5]) => "long[] [5]", "int64_array [5]";
        "echo(java.lang.Object)" as "any": array(Float64, &[1, 1], vec![any(1.0)]) => "double[][] [double[] [1.0]]", "float64_array [[1.0]]";
        "echo(java.lang.Object)" as "any": array(String8, &[1], vec![string("a", String8)]) => "String[] [String a]", "string8_array [\"a\"]";
        "echo(java.nio.ByteBuffer)" as "uint8_array": row(Uint8, &[1, 2]) => "DirectByteBuffer java.nio.DirectByteBuffer[pos=0 lim=2 cap=2]", "uint8_array [1, 2]";
        "echo(java.nio.DoubleBuffer)" as "float64_array": array(Float64, &[1], vec![any(0.5)]) => "DirectDoubleBufferU java.nio.DirectDoubleBufferU[pos=0 lim=1 cap=1]", "float64_array [0.5]";
    });
}

#[test]
fn results_as_what_is_declared() {
    let Some(guest) = Guest::load() else { return };
    for (method, kind, wanted) in [
        (
            "ragged",
            "int32_array",
            "int32_array [int32_array [1, 2, 3], int32_array [], null, int32_array [4]]",
        ),
        (
            "ragged",
            "any",
            "int32_array [int32_array [1, 2, 3], int32_array [], null, int32_array [4]]",
        ),
        (
            "ragged",
            "int64_array",
            "int64_array [int64_array [1, 2, 3], int64_array [], null, int64_array [4]]",
        ),
        (
            "mixed",
            "any_array",
            "any_array [int32 1, string8 \"two\", float64 3.0, null, int32_array [4], handle]",
        ),
        ("lists", "int64_array", "int64_array [[1, 2], [3, 4]]"),
        ("lists", "any_array", "any_array [handle, handle]"),
        ("entries", "map", "map [[string8 \"a\", int32 1], [string8 \"b\", handle]]"),
        ("set", "set", "set [int32 7]"),
        ("tuple", "tuple", "tuple [int32 1, string8 \"two\", null]"),
        ("tuple", "any_array", "any_array [int32 1, string8 \"two\", null]"),
        ("nothing", "any", "null"),
        ("nothing", "handle", "handle NULL"),
        ("nothing", "string8", "string8 NULL"),
        ("nothing", "int32_array", "int32_array NULL"),
        ("nothing", "date", "date NULL"),
        ("noInteger", "any", "null"),
        ("big", "uint64", "uint64 18446744073709551615"),
        ("heap", "uint8_array", "uint8_array [2, 3]"),
        ("heap", "int8_array", "int8_array [2, 3]"),
        ("doubles", "float64_array", "float64_array [0.5, 1.5, 2.5]"),
        ("swapped", "float64_array", "float64_array [2.5]"),
        ("doubles", "any", "float64_array [0.5, 1.5, 2.5]"),
    ] {
        let found = guest.call(method, &[], &[kind], &[]).map(|values| spelled(&values[0]));
        let found = found.unwrap_or_else(|error| format!("{:?}: {error}", error.status()));
        assert_eq!(found, wanted, "{method} as {kind}");
    }
}

/// What is refused, and why.
#[test]
fn refusals_name_the_argument_the_value_and_the_way_out() {
    let Some(guest) = Guest::load() else { return };
    let big = || neutral("18446744073709551616", BigInt);
    let ints = |numbers: &[i64]| {
        array(Int64, &[numbers.len()], numbers.iter().map(|one| any(*one)).collect())
    };
    let table: Vec<(&str, &str, OwnedValue, &str)> = vec![
        (
            "echo(byte)",
            "int64",
            any(128_i64),
            "OutOfRange: argument 0 (given): 128 does not fit byte",
        ),
        (
            "echo(int)",
            "int64",
            any(1_i64 << 31),
            "OutOfRange: argument 0 (given): 2147483648 does not fit int",
        ),
        (
            "echo(long)",
            "uint64",
            any(u64::MAX),
            "OutOfRange: argument 0 (given): 18446744073709551615 does not fit long",
        ),
        (
            "echo(long)",
            "bigint",
            big(),
            "OutOfRange: argument 0 (given): 18446744073709551616 does not fit long",
        ),
        (
            "echo(java.lang.Integer)",
            "any",
            any(1_i64 << 31),
            "OutOfRange: argument 0 (given): 2147483648 does not fit int",
        ),
        (
            "echo(double)",
            "int64",
            any((1_i64 << 53) + 1),
            "OutOfRange: argument 0 (given): 9007199254740993 has no exact form as double",
        ),
        (
            "echo(double)",
            "int64",
            any(i64::MAX),
            "OutOfRange: argument 0 (given): 9223372036854775807 has no exact form as double",
        ),
        (
            "echo(float)",
            "float64",
            any(1e300),
            "OutOfRange: argument 0 (given): 1.0E300 does not fit float",
        ),
        (
            "echo(java.lang.Float)",
            "any",
            any(1e300),
            "OutOfRange: argument 0 (given): 1.0E300 does not fit float",
        ),
        (
            "echo(double)",
            "decimal",
            neutral("0.1", Decimal),
            "OutOfRange: argument 0 (given): 0.1 has no exact form as double",
        ),
        (
            "echo(int)",
            "any",
            null(),
            "TypeMismatch: argument 0 (given): null given for int, which is never null; give a value",
        ),
        (
            "echo(int)",
            "any",
            any(1.5),
            "TypeMismatch: argument 0 (given): 1.5 (java.lang.Double) does not become int",
        ),
        (
            "echo(boolean)",
            "any",
            any(1_i32),
            "TypeMismatch: argument 0 (given): 1 (java.lang.Integer) does not become boolean",
        ),
        (
            "echo(java.lang.String)",
            "any",
            any(1_i32),
            "TypeMismatch: argument 0 (given): 1 (java.lang.Integer) does not become java.lang.String",
        ),
        (
            "echo(int)",
            "any",
            string("5", String8),
            "TypeMismatch: argument 0 (given): the text \"5\" does not become int",
        ),
        (
            "echo(char)",
            "any",
            string("ab", String8),
            "TypeMismatch: argument 0 (given): the text \"ab\" does not become char",
        ),
        (
            "echo(char)",
            "char8",
            given::char8(0xc3),
            "InvalidText: argument 0 (given): the byte c3 is a part of a character in UTF-8; give char32",
        ),
        (
            "echo(char)",
            "char32",
            given::char32('😀'),
            "OutOfRange: argument 0 (given): 128512 does not fit char",
        ),
        (
            "echo(java.time.OffsetDateTime)",
            "datetime",
            neutral("2024-02-29T12:30:00", DateTime),
            "TypeMismatch: argument 0 (given): java.time.LocalDateTime does not become java.time.OffsetDateTime; give it with the parts that this has, such as the offset from UTC",
        ),
        (
            "echo(java.lang.Object)",
            "any",
            neutral("12:30:00[Europe/Paris]", Time),
            "Unsupported: argument 0 (given): Java has no time of day in a time zone; give the offset alone",
        ),
        (
            "echo(java.lang.Object)",
            "any",
            neutral("2024-03-31T02:30:00[Europe/Paris]", DateTime),
            "OutOfRange: argument 0 (given): 2024-03-31T02:30 is skipped by the clocks of Europe/Paris",
        ),
        (
            "echo(java.lang.Object)",
            "any",
            neutral("NaN", Decimal),
            "OutOfRange: argument 0 (given): NaN has no exact form as java.math.BigDecimal",
        ),
        (
            "echo(java.lang.Object)",
            "any",
            neutral("0:10:2", Range),
            "Unsupported: argument 0 (given): Java has nothing for a range; give an array of its integers",
        ),
        (
            "echo(java.lang.Object)",
            "any",
            neutral("1.5+2.0i", Complex),
            "Unsupported: argument 0 (given): Java has nothing for a complex number; give its two parts",
        ),
        (
            "echo(int[])",
            "int64_array",
            ints(&[1, 1 << 40]),
            "OutOfRange: argument 0 (given)[1]: 1099511627776 does not fit int",
        ),
        (
            "echo(long[])",
            "uint64_array",
            array(Uint64, &[1], vec![any(u64::MAX)]),
            "OutOfRange: argument 0 (given)[0]: 18446744073709551615 does not fit long",
        ),
        (
            "echo(int[])",
            "int64_array",
            array(Int64, &[1, 1], vec![any(1_i64)]),
            "TypeMismatch: argument 0 (given): an array of 2 dimensions does not become int[]",
        ),
        (
            "echo(int[][])",
            "int64_array",
            ints(&[1]),
            "TypeMismatch: argument 0 (given): an array of one dimension does not become int[][]",
        ),
        (
            "echo(int[][])",
            "any",
            list(vec![list(vec![any(1_i64), string("x", String8)])]),
            "TypeMismatch: argument 0 (given)[0][1]: the text \"x\" does not become int",
        ),
        (
            "integers",
            "any",
            list(vec![any(1_i64 << 40)]),
            "OutOfRange: argument 0 (given)[0]: 1099511627776 does not fit int",
        ),
        (
            "integers",
            "any",
            ints(&[1 << 40]),
            "OutOfRange: argument 0 (given)[0]: 1099511627776 does not fit int",
        ),
        (
            "echo(int[])",
            "float64_array",
            array(Float64, &[1], vec![any(1.0)]),
            "TypeMismatch: argument 0 (given)[0]: 1.0 (java.lang.Double) does not become int",
        ),
        (
            "echo(java.nio.DoubleBuffer)",
            "int64_array",
            ints(&[1]),
            "TypeMismatch: argument 0 (given): an array of int64 does not become java.nio.DoubleBuffer",
        ),
    ];
    let mut wrong = String::new();
    for (method, kind, given, wanted) in &table {
        let found = match guest.call(method, &[kind], &["handle"], &[given]) {
            Ok(_) => "nothing is refused".to_owned(),
            Err(error) => format!("{:?}: {error}", error.status()),
        };
        if found != *wanted {
            wrong += &format!("\n{method} of {}:\n  {found}\n  {wanted}", spelled(given));
        }
    }
    for (method, kind, wanted) in [
        ("big", "int64", "OutOfRange: the result: 18446744073709551615 does not fit int64"),
        (
            "noInteger",
            "int32",
            "TypeMismatch: the result: null does not become int32, which is never null; declare any",
        ),
        (
            "half",
            "string8",
            "InvalidText: the result: the text has half of a surrogate pair, U+D800, at 1, which UTF-8 does not",
        ),
        (
            "half",
            "string16",
            "InvalidText: the result: the text has half of a surrogate pair, U+D800, at 1, which UTF-16 does not",
        ),
        (
            "mixed",
            "int32_array",
            "TypeMismatch: the result[1]: the text \"two\" does not become int32",
        ),
        ("ragged", "int8_array", "nothing is refused"),
        (
            "doubles",
            "float32_array",
            "TypeMismatch: the result: java.nio.DirectDoubleBufferU does not become float32_array; declare float64_array",
        ),
        ("ragged", "int32", "TypeMismatch: the result: int[][] does not become int32"),
        (
            "big",
            "string8",
            "TypeMismatch: the result: java.math.BigInteger does not become string8",
        ),
        ("cycle", "any", "OutOfRange: the result[0]"),
        ("cycle", "int8_array", "OutOfRange: the result: values are nested"),
    ] {
        let found = match guest.call(method, &[], &[kind], &[]) {
            Ok(_) => "nothing is refused".to_owned(),
            Err(error) => format!("{:?}: {error}", error.status()),
        };
        if !found.starts_with(wanted) {
            wrong += &format!("\n{method} as {kind}:\n  {found}\n  {wanted}");
        }
    }
    assert!(wrong.is_empty(), "found, and wanted:{wrong}");
}

#[test]
fn each_argument_is_named() {
    let Some(guest) = Guest::load() else { return };
    let types = ["int64", "string8", "any"];
    let text = string("-", String8);
    let called = |first: i64, third: OwnedValue| {
        guest.call("three", &types, &["string8"], &[&any(first), &text, &third])
    };
    assert_eq!(spelled(&called(1, null()).unwrap()[0]), "string8 \"1-null\"");
    let error = called(1 << 40, null()).unwrap_err();
    assert!(error.message().starts_with("argument 0 (first): "), "{error}");
    let error = called(1, any(true)).unwrap_err();
    assert!(error.message().starts_with("argument 2 (third): true (java.lang.Boolean)"), "{error}");
}

#[test]
fn memory_is_lent_in_both_directions() {
    let Some(guest) = Guest::load() else { return };
    let given = array(Float64, &[3], vec![any(0.5), any(1.5), any(2.5)]);
    guest.call("twice", &["float64_array"], &[], &[&given]).unwrap();
    assert_eq!(spelled(&given), "float64_array [1.0, 3.0, 5.0]");

    let descriptor = given::lent(&[7_u8, 8], Uint8, (0, 2), 1);
    // SAFETY: the bytes are there for ever.
    let read_only = unsafe { arrays::borrow_read_only(&descriptor, None, ptr::null_mut()) };
    let read_only = read_only.unwrap().into_value();
    let says = |value: &OwnedValue| {
        let said = guest.call("isReadOnly", &["uint8_array"], &["bool"], &[value]).unwrap();
        spelled(&said[0])
    };
    assert_eq!(says(&read_only), "bool true");
    assert_eq!(says(&array(Uint8, &[1], vec![any(1_u8)])), "bool false");

    let lent = guest.call("direct", &["int32"], &["uint8_array"], &[&any(4_i32)]).unwrap();
    assert_eq!(spelled(&lent[0]), "uint8_array [1, 2, 3]");
    // SAFETY: an array, as its type says, which may be written.
    unsafe { arrays::set(lent[0].data.array, &[0], &9_u8.into()) }.unwrap();
    assert_eq!(spelled(&lent[0]), "uint8_array [9, 2, 3]");
}

#[test]
fn strides_are_followed() {
    let Some(guest) = Guest::load() else { return };
    const NUMBERS: &[i32] = &[1, 2, 3, 4, 5, 6];
    let seen = |method: &str, places, step| {
        let mut descriptor = given::lent(NUMBERS, Int32, places, step);
        // SAFETY: a live array.
        let given = unsafe { value::array(&raw mut descriptor) }.unwrap();
        guest.seen(method, "int32_array", &given).unwrap_or_else(|error| error.to_string())
    };
    assert_eq!(seen("echo(int[])", (0, 3), 8), "int[] [1, 3, 5]");
    assert_eq!(seen("echo(long[])", (0, 3), 8), "long[] [1, 3, 5]");
    assert_eq!(seen("echo(int[])", (2, 3), -4), "int[] [3, 2, 1]");
    assert_eq!(seen("echo(int[])", (2, 2), 0), "int[] [3, 3]");
}

#[test]
fn objects_in_arrays_are_the_same_objects() {
    let Some(guest) = Guest::load() else { return };
    let path = "class=Types$Held,callable=<init>";
    let one = guest.call_path(path, &["string8"], &["handle"], &[&string("one", String8)]).unwrap();
    let handles =
        array(Handle, &[2], vec![given::copy(&one[0]), any(value::object(ptr::null_mut()))]);
    assert_eq!(
        guest.seen("echo(Types$Held[])", "handle_array", &handles).unwrap(),
        "Held[] [Held one, null]"
    );
    assert_eq!(
        guest.seen("echo(java.lang.Object[])", "handle_array", &handles).unwrap(),
        "Object[] [Held one, null]"
    );
    let back = guest
        .call("echo(Types$Held[])", &["handle_array"], &["handle_array"], &[&handles])
        .unwrap();
    assert_eq!(spelled(&back[0]), "handle_array [handle, handle NULL]");
    let listed = list(vec![given::copy(&one[0])]);
    assert_eq!(guest.seen("echo(Types$Held[])", "any", &listed).unwrap(), "Held[] [Held one]");
}

#[test]
fn a_malformed_array_in_a_frame_is_an_error() {
    let Some(guest) = Guest::load() else { return };
    let path = "class=Types,callable=echo(int[])";
    let entity = guest.entity(path, &["int32_array"], &["handle"]).unwrap();
    let whole = given::lent(&[1_i32, 2], Int32, (0, 2), 4);
    let refused = |mut array: metaffi_array| {
        let mut frame = [(&raw mut array).expose_provenance() as u64, 0];
        // SAFETY: the frame has the argument and room for the result; an array, or what is refused.
        unsafe { entity.call(&pin::enter(), frame.as_mut_ptr()) }.unwrap_err().to_string()
    };
    let message = refused(metaffi_array { data: ptr::null_mut(), ..whole });
    assert!(
        message.contains("argument 0 (given): an array is malformed: it has elements"),
        "{message}"
    );
    let message = refused(metaffi_array { shape: ptr::null(), ..whole });
    assert!(message.contains("it has no shape"), "{message}");
    let message = refused(metaffi_array { element: 3, ..whole });
    assert!(message.contains("its elements are of no known type, 3"), "{message}");
}

#[test]
fn segments_are_memory() {
    let Some(guest) = Guest::load() else { return };
    let segment = |member: &str| format!("class=java.lang.foreign.MemorySegment,callable={member}");
    let size = segment("byteSize,instance_required");
    let numbers = array(Int32, &[2], vec![any(1_i32), any(2_i32)]);
    let said = match guest.call_path(&size, &["int32_array"], &["int64"], &[&numbers]) {
        Err(error) if error.status() == Status::NotFound => {
            eprintln!("skipped: Java before 22 has no segments");
            return;
        }
        said => said.unwrap(),
    };
    assert_eq!(spelled(&said[0]), "int64 8");
    let fill = segment("fill(byte),instance_required");
    guest.call_path(&fill, &["int32_array", "int8"], &["handle"], &[&numbers, &any(1_i8)]).unwrap();
    assert_eq!(spelled(&numbers), "int32_array [16843009, 16843009]");
    let heap = segment("ofArray(byte[])");
    let bytes = array(Uint8, &[2], vec![any(1_u8), any(255_u8)]);
    let copied = guest.call_path(&heap, &["uint8_array"], &["uint8_array"], &[&bytes]).unwrap();
    assert_eq!(spelled(&copied[0]), "uint8_array [1, 255]");
    let lent = guest.call_path(&heap, &["uint8_array"], &["any"], &[&bytes]).unwrap();
    assert_eq!(spelled(&lent[0]), "uint8_array [1, 255]");
}
