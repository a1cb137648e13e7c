//! Modules of the standard library, as programs use them.

use super::*;

#[test]
fn json_reads_and_writes() {
    let json = module("json");
    let loads = typed(&json, "callable=loads", &["string8"], &["handle"]);
    let dumps = typed(&json, "callable=dumps", &["handle"], &["string8"]);
    let source = r#"{"name": "metaffi", "list": [1, 2.5, null, true], "text": "ü"}"#;
    let read = one(&loads, &[string(source)]);
    assert_eq!(text(&one(&dumps, &[object(&read)])), source.replace('ü', "\\u00fc"));
    let sorted = typed(&json, "callable=dumps,named_args", &["handle", "any"], &["string8"]);
    let options = one(&typed(&json, "eval={'sort_keys': True}", &[], &["handle"]), &[]);
    let written = text(&one(&sorted, &[object(&read), object(&options)]));
    assert!(written.starts_with(r#"{"list""#), "{written}");
    let error = failure(&loads, &[string("{")]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "json.decoder.JSONDecodeError");
}

#[test]
fn re_matches() {
    let re = module("re");
    let compile = typed(&re, "callable=compile", &["string8"], &["handle"]);
    let pattern = one(&compile, &[string(r"(\w+)@(\w+)")]);
    let search = "callable=Pattern.search,instance_required";
    let search = typed(&re, search, &["handle", "string8"], &["handle"]);
    let found = one(&search, &[object(&pattern), string("write to ada@example now")]);
    let group = "callable=Match.group,instance_required";
    let group = typed(&re, group, &["handle", "int64"], &["string8"]);
    assert_eq!(text(&one(&group, &[object(&found), int64(2)])), "example");
    let sub = typed(&re, "callable=sub", &["string8"; 3], &["string8"]);
    assert_eq!(text(&one(&sub, &[string("[aeiou]"), string("*"), string("metaffi")])), "m*t*ff*");
}

#[test]
fn math_and_statistics_compute() {
    let math = module("math");
    let hypot = typed(&math, "callable=hypot", &["float64", "float64"], &["float64"]);
    assert_eq!(float(&one(&hypot, &[float64(3.0), float64(4.0)])), 5.0);
    let pi = typed(&math, "attribute=pi", &[], &["float64"]);
    assert_eq!(float(&one(&pi, &[])), std::f64::consts::PI);
    let error =
        failure(&typed(&math, "callable=sqrt", &["float64"], &["float64"]), &[float64(-1.0)]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "ValueError");
    let statistics = module("statistics");
    let data = one(&typed(&statistics, "eval=[1.0\\, 2.0\\, 4.0]", &[], &["handle"]), &[]);
    let median = typed(&statistics, "callable=median", &["handle"], &["float64"]);
    assert_eq!(float(&one(&median, &[object(&data)])), 2.0);
}

#[test]
fn decimal_and_datetime_are_exact() {
    let decimal = module("decimal");
    let new = typed(&decimal, "callable=Decimal", &["string8"], &["handle"]);
    let add = "callable=Decimal.__add__,instance_required";
    let add = typed(&decimal, add, &["handle", "handle"], &["handle"]);
    let str =
        typed(&decimal, "callable=Decimal.__str__,instance_required", &["handle"], &["string8"]);
    let (a, b) = (one(&new, &[string("0.1")]), one(&new, &[string("0.2")]));
    let sum = one(&add, &[object(&a), object(&b)]);
    assert_eq!(text(&one(&str, &[object(&sum)])), "0.3");
    let datetime = module("datetime");
    let date = typed(&datetime, "callable=date", &["int64"; 3], &["handle"]);
    let leap = one(&date, &[int64(2024), int64(2), int64(29)]);
    let iso = "callable=date.isoformat,instance_required";
    let iso = typed(&datetime, iso, &["handle"], &["string8"]);
    assert_eq!(text(&one(&iso, &[object(&leap)])), "2024-02-29");
    let year = "attribute=date.year,instance_required,getter";
    assert_eq!(int(&one(&typed(&datetime, year, &["handle"], &["int64"]), &[object(&leap)])), 2024);
}

#[test]
fn sqlite_queries() {
    let sqlite = module("sqlite3");
    let connect = typed(&sqlite, "callable=connect", &["string8"], &["handle"]);
    let connection = one(&connect, &[string(":memory:")]);
    let execute = "callable=Connection.execute,instance_required";
    let execute = typed(&sqlite, execute, &["handle", "string8"], &["handle"]);
    let run = |sql: &str| one(&execute, &[object(&connection), string(sql)]);
    run("create table t (name text, n int)");
    run("insert into t values ('a', 1), ('b', 41)");
    let cursor = run("select group_concat(name), sum(n) from t");
    let fetch = "callable=Cursor.fetchone,instance_required";
    let fetch = typed(&sqlite, fetch, &["handle"], &["string8", "int64"]);
    let row = call(&fetch, &[object(&cursor)]).unwrap();
    assert_eq!((text(&row[0]), int(&row[1])), ("a,b".to_owned(), 42));
    let error = failure(&execute, &[object(&connection), string("selec 1")]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "sqlite3.OperationalError");
}

#[test]
fn hashlib_digests() {
    let hashlib = module("hashlib");
    let digest = "eval=__import__('hashlib').sha256(args[0].encode()).hexdigest()";
    let digest = typed(&hashlib, digest, &["string8"], &["string8"]);
    assert_eq!(
        text(&one(&digest, &[string("abc")])),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    let new = typed(&hashlib, "callable=new", &["string8"], &["handle"]);
    let error = failure(&new, &[string("no such digest")]);
    assert_eq!(error.foreign_error().unwrap().type_name(), "ValueError");
}

#[test]
fn asyncio_runs_a_coroutine() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("coroutines_of_test.py");
    write(
        &path,
        "import asyncio\nasync def work(n: int):\n    await asyncio.sleep(0)\n    return n * 2\n\
         async def all_of(n: int):\n    return sum(await asyncio.gather(*map(work, range(n))))\n",
    );
    let work = module(path.to_str().unwrap());
    let start = typed(&work, "callable=all_of", &["int64"], &["handle"]);
    let run = typed(&module("asyncio"), "callable=run", &["handle"], &["int64"]);
    let coroutine = one(&start, &[int64(10)]);
    assert_eq!(int(&one(&run, &[object(&coroutine)])), 90);
}

#[test]
fn futures_are_objects() {
    let futures = module("concurrent.futures");
    let executor =
        one(&typed(&futures, "callable=ThreadPoolExecutor", &["int64"], &["handle"]), &[int64(2)]);
    let submit = "callable=ThreadPoolExecutor.submit,instance_required";
    let submit = typed(&futures, submit, &["handle", "handle", "int64", "int64"], &["handle"]);
    let pow = one(&typed(&module("builtins"), "attribute=pow", &[], &["handle"]), &[]);
    let future = one(&submit, &[object(&executor), object(&pow), int64(3), int64(4)]);
    let result = "callable=Future.result,instance_required";
    let result = typed(&futures, result, &["handle"], &["int64"]);
    assert_eq!(int(&one(&result, &[object(&future)])), 81);
    let shutdown = "callable=ThreadPoolExecutor.shutdown,instance_required";
    call(&typed(&futures, shutdown, &["handle"], &[]), &[object(&executor)]).unwrap();
}
