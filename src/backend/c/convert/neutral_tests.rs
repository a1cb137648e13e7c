use super::{Direction, from_c, to_c};
use crate::backend::c::testing::Header;
use crate::handle;
use crate::signature::{Kind, Type};
use crate::value::neutral::Neutral;
use crate::value::{OwnedValue, null};

/// The word, and the bytes that it is the address of, of a neutral value for a type of C.
fn given(header: &Header, text: &str, kind: Kind, spelling: &str) -> Result<u64, String> {
    let value = Neutral::parse(text, kind).unwrap().to_value().unwrap();
    let ctype = header.ctype(spelling);
    super::check(&kind.into(), &ctype, Direction::ToC).map_err(|error| error.to_string())?;
    handle::using(|scope| {
        // SAFETY: the slot has the pointer of the value.
        unsafe {
            let slot = value.data.bigint.expose_provenance() as u64;
            let word = to_c(scope, kind.into(), &ctype, &raw const slot);
            // What C sees is what it gives back.
            word.map_err(|error| error.to_string())
        }
    })
}

fn taken(header: &Header, bytes: &[u8], spelling: &str) -> String {
    let ctype = header.ctype(spelling);
    let mut value = null();
    // SAFETY: the bytes are a value of the type; three slots hold any.
    unsafe {
        let slots = (&raw mut value).cast();
        from_c(&ctype, bytes.as_ptr(), Type::from(Kind::Any), slots).unwrap();
        format!("{:?}", OwnedValue::from_raw(value))
    }
}

#[test]
fn big_integers_and_complex_numbers_of_c_are_neutral_values() {
    let header = Header::new("");
    assert_eq!(
        taken(&header, &i128::MIN.to_le_bytes(), "__int128"),
        "bigint -170141183460469231731687303715884105728"
    );
    assert_eq!(
        taken(&header, &u128::MAX.to_le_bytes(), "unsigned __int128"),
        "bigint 340282366920938463463374607431768211455"
    );
    let parts = [1.5_f64.to_le_bytes(), (-2.0_f64).to_le_bytes()].concat();
    assert_eq!(taken(&header, &parts, "double _Complex"), "complex 1.5-2.0i");
    let parts = [0.5_f32.to_le_bytes(), f32::INFINITY.to_le_bytes()].concat();
    assert_eq!(taken(&header, &parts, "float _Complex"), "complex 0.5+infi");
}

#[test]
fn a_big_integer_is_given_where_it_fits() {
    let header = Header::new("");
    assert_eq!(given(&header, "-5", Kind::BigInt, "int"), Ok(-5_i64 as u64));
    assert_eq!(given(&header, "18446744073709551615", Kind::BigInt, "unsigned long"), Ok(u64::MAX));
    assert_eq!(given(&header, "3", Kind::BigInt, "double"), Ok(3.0_f64.to_bits()));
    assert_eq!(given(&header, "1.5+0.0i", Kind::Complex, "double"), Ok(1.5_f64.to_bits()));
    let refused = |text: &str, kind, spelling| given(&header, text, kind, spelling).unwrap_err();
    assert!(refused("128", Kind::BigInt, "signed char").contains("does not fit"));
    assert!(refused(&"9".repeat(60), Kind::BigInt, "int").contains("200 bits does not fit int"));
    assert!(refused(&"9".repeat(60), Kind::BigInt, "__int128").contains("does not fit __int128"));
    assert!(refused("-1", Kind::BigInt, "unsigned __int128").contains("does not fit"));
    assert!(refused("1i", Kind::Complex, "double").contains("complex number cannot be given"));
    assert!(refused("2024-01-01", Kind::Date, "int").contains("date cannot be given for C's int"));
    assert!(refused("1.5", Kind::Decimal, "double").contains("decimal cannot be given"));
}
