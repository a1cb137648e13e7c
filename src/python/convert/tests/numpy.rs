//! numpy's arrays, by the buffer protocol alone. The tests need numpy for the interpreter that runs
//! them, in the directory that `METAFFI_TEST_NUMPY` names.

use super::*;

fn numpy(gil: &Gil, expression: &str) -> PyRef {
    let directory = std::env::var("METAFFI_TEST_NUMPY").expect("METAFFI_TEST_NUMPY is set");
    let source = format!(
        "import sys;;sys.path.append({directory:?});;import numpy as np;;np.seterr(all='raise');;{expression}"
    );
    evaluate(gil, &source)
}

const CELLS: &[(&str, &str, &str)] = &[
    ("np.array([1, -2], dtype='int8')", "any", "int8_array [1, -2]"),
    ("np.array([1, -2], dtype='int16')", "any", "int16_array [1, -2]"),
    ("np.array([1, -2], dtype='int32')", "any", "int32_array [1, -2]"),
    ("np.array([1, -2], dtype='int64')", "any", "int64_array [1, -2]"),
    ("np.array([1, 2], dtype='uint8')", "any", "uint8_array [1, 2]"),
    ("np.array([1, 2], dtype='uint16')", "any", "uint16_array [1, 2]"),
    ("np.array([1, 2], dtype='uint32')", "any", "uint32_array [1, 2]"),
    ("np.array([1, 2], dtype='uint64')", "any", "uint64_array [1, 2]"),
    ("np.array([1.5], dtype='float32')", "any", "float32_array [1.5]"),
    ("np.array([1.5], dtype='float64')", "any", "float64_array [1.5]"),
    ("np.array([True, False])", "any", "bool_array [true, false]"),
    ("np.arange(6).reshape(2, 3)", "any", "int64_array [[0, 1, 2], [3, 4, 5]]"),
    ("np.arange(6).reshape(2, 3).T", "int64_array rank 2", "int64_array [[0, 3], [1, 4], [2, 5]]"),
    ("np.arange(6)[::-2]", "int64_packed_array", "int64_array [5, 3, 1]"),
    ("np.zeros((2, 0))", "any", "float64_array [[], []]"),
    ("np.array([1.5], dtype='float16')", "any", "handle"),
    ("np.array([1.5], dtype='float16')", "float64_array", "float64_array [1.5]"),
    ("np.array([1, 2], dtype='>i4')", "int32_array", "int32_array [1, 2]"),
    ("np.array([1j])", "any", "handle"),
    ("np.array([1j, 2])", "float64_array<complex>", "float64_array [[0.0, 1.0], [2.0, 0.0]]"),
    ("np.array([1j], 'complex64')", "float32_array<complex> rank 2", "float32_array [[0.0, 1.0]]"),
    ("np.array([1j], 'complex64')", "float64_array<complex>", "float64_array [[0.0, 1.0]]"),
    (
        "np.array([[1j, 2], [3j, 4]])[:, 1]",
        "float64_array<complex>",
        "float64_array [[2.0, 0.0], [4.0, 0.0]]",
    ),
    ("np.complex128(1+2j)", "float64_array<complex>", "float64_array [1.0, 2.0]"),
    ("np.complex64(1+2j)", "float32_array<complex>", "float32_array [1.0, 2.0]"),
    ("np.array([1j])", "handle_array", "handle_array [handle]"),
    ("np.array(['a', 'é'])", "string8_array", "string8_array [\"a\", \"é\"]"),
    ("np.array([1, 'a'], dtype=object)", "any_array", "any_array [int64 1, string8 \"a\"]"),
    ("np.array(['2024-02-29'], dtype='datetime64[D]')", "any", "handle"),
    ("np.array(['2024-02-29'], dtype='datetime64[D]')", "any_array", "any_array [date 2024-02-29]"),
    (
        "np.array([(1, 2.5)], dtype='i4,f8')",
        "any_array",
        "any_array [any_array [int64 1, float64 2.5]]",
    ),
    ("[np.array([1, 2]), np.array([3])]", "int64_array", "int64_array [[1, 2], [3]]"),
    ("np.int64(5)", "any", "int64 5"),
    ("np.float64(1.5)", "any", "float64 1.5"),
    ("np.bool_(True)", "any", "bool true"),
    ("np.int8(5)", "int64", "int64 5"),
    ("np.float32(1.5)", "float64", "float64 1.5"),
    ("np.bool_(True)", "bool", "bool true"),
];

#[test]
#[ignore = "needs numpy, in the directory that METAFFI_TEST_NUMPY names"]
fn every_dtype_has_its_value() {
    let gil = enter();
    for (source, r#type, expected) in CELLS {
        let value = taken(&gil, &numpy(&gil, source), r#type);
        let shown = value.map_or_else(|error| error.to_string(), |value| show(&value));
        assert_eq!(shown, *expected, "{source} as {type}");
    }
}

#[test]
#[ignore = "needs numpy, in the directory that METAFFI_TEST_NUMPY names"]
fn memory_is_shared_both_ways() {
    let gil = enter();
    let array = numpy(&gil, "np.array([1.5, 2.5])");
    let value = taken(&gil, &array, "float64_array").unwrap();
    // SAFETY: the live array of two doubles.
    unsafe { (*value.data.array).data.cast::<f64>().write(9.5) };
    let loans = Loans::new();
    let view = python_of(&gil, &loans, &value, "float64_array").unwrap();
    let sum = numpy(&gil, "lambda view: float(np.asarray(view).sum())");
    assert_eq!(repr(&gil, &sum.call1(&gil, &view).unwrap()), "12.0");
    let twice = numpy(&gil, "lambda view: np.multiply(view, 2, out=np.asarray(view)).tolist()");
    twice.call1(&gil, &view).unwrap();
    loans.end(&gil).unwrap();
    assert_eq!(show(&value), "float64_array [19.0, 5.0]");
}

#[test]
#[ignore = "needs numpy, in the directory that METAFFI_TEST_NUMPY names"]
fn an_array_that_must_not_be_written_is_seen_without_a_copy() {
    let gil = enter();
    let fixed = "lambda a: (a.setflags(write=False), a)[1];;";
    let array = numpy(&gil, &format!("fixed = {fixed}fixed(np.arange(6.0).reshape(2, 3).T)"));
    let value = taken(&gil, &array, "float64_array rank 2").unwrap();
    assert_eq!(show(&value), "float64_array [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]");
    let address = array.attribute(&gil, c"ctypes").unwrap().attribute(&gil, c"data").unwrap();
    // SAFETY: a live array.
    let view = unsafe { View::new(value.data.array) }.unwrap();
    assert!(view.is_read_only() && !view.is_contiguous());
    assert_eq!(repr(&gil, &address), view.data().addr().to_string());
}

#[test]
#[ignore = "needs numpy, in the directory that METAFFI_TEST_NUMPY names"]
fn an_array_over_lent_memory_must_not_be_kept_but_may_be_returned() {
    let gil = enter();
    let value = taken(&gil, &evaluate(&gil, "[1.5, 2.5]"), "float64_array").unwrap();
    let as_array = numpy(&gil, "np.asarray");
    let loans = Loans::new();
    let over =
        as_array.call1(&gil, &python_of(&gil, &loans, &value, "float64_array").unwrap()).unwrap();
    let copy = taken(&gil, &over, "float64_array").unwrap();
    drop(over);
    loans.end(&gil).unwrap();
    assert_eq!(show(&copy), "float64_array [1.5, 2.5]");
    let loans = Loans::new();
    let kept =
        as_array.call1(&gil, &python_of(&gil, &loans, &value, "float64_array").unwrap()).unwrap();
    assert!(loans.end(&gil).unwrap_err().message().contains("kept a view"));
    drop(kept);
}
