use super::*;

const WIDTHS: [Kind; 3] = [Kind::String8, Kind::String16, Kind::String32];

fn text_of<T>(units: &[T]) -> metaffi_string {
    metaffi_string { data: units.as_ptr().cast(), length: units.len() }
}

fn all(chars: impl Iterator<Item = Result<char>>) -> Result<String> {
    chars.collect()
}

fn message<T>(result: Result<T>) -> String {
    let Err(error) = result else { panic!("accepted") };
    assert_eq!(error.status(), Status::InvalidText);
    error.message().to_owned()
}

#[test]
fn text_survives_every_width() {
    for text in ["", "plain", "a\0b", "é€😀", "\u{10ffff}\u{d7ff}\u{e000}"] {
        for from in WIDTHS {
            let first = encode(text, from).unwrap();
            for to in WIDTHS {
                // SAFETY: strings of the kinds that they were made as, freed once.
                unsafe {
                    let second = convert(&first, from, to).unwrap();
                    assert_eq!(decode(&second, to).unwrap(), text);
                    free(second);
                }
            }
            // SAFETY: freed once.
            unsafe { free(first) }
        }
    }
}

#[test]
fn lengths_count_units_and_a_zero_follows() {
    for (kind, length) in WIDTHS.into_iter().zip([8, 4, 3]) {
        let string = encode("é€\u{1f60}", kind).unwrap();
        assert_eq!(string.length, if kind == Kind::String8 { length } else { 3 });
        // SAFETY: at least one zero byte behind the units; freed once.
        unsafe { free(string) }
    }
    let string = encode("😀", Kind::String16).unwrap();
    assert_eq!(string.length, 2);
    // SAFETY: two units and the zero behind them; freed once.
    unsafe {
        let units = slice::from_raw_parts(string.data.cast::<u16>(), 3);
        assert_eq!(units, [0xd83d, 0xde00, 0]);
        free(string);
    }
}

#[test]
fn malformed_text_says_where() {
    assert_eq!(message(utf8(b"abc\xff")), "invalid UTF-8 at byte 3 (0xff)");
    assert_eq!(
        message(utf8(b"ab\xe2\x82")),
        "invalid UTF-8 at byte 2 (0xe2), the text ends inside a character"
    );
    assert_eq!(message(utf8(b"\xed\xa0\x80")), "invalid UTF-8 at byte 0 (0xed)");
    let surrogate = message(all(utf16(&[97, 0xd83d, 0xde00, 98, 99, 0xdc00, 97])));
    assert_eq!(surrogate, "invalid UTF-16 at unit 5 (0xdc00): a surrogate without its pair");
    assert!(message(all(utf16(&[97, 0xd800]))).contains("at unit 1 (0xd800)"));
    let point = message(all(utf32(&[97, 0xd800])));
    assert_eq!(point, "invalid UTF-32 at unit 1 (0xd800): not a Unicode character");
    assert!(message(all(utf32(&[0x11_0000]))).contains("at unit 0 (0x110000)"));
}

#[test]
fn malformed_text_is_not_converted() {
    // SAFETY: the units are lent.
    unsafe {
        message(convert(&text_of(b"\xff"), Kind::String8, Kind::String8));
        message(convert(&text_of(&[0xd800_u16]), Kind::String16, Kind::String8));
        message(convert(&text_of(&[0xdc00_u16]), Kind::String16, Kind::String16));
        message(convert(&text_of(&[u32::MAX]), Kind::String32, Kind::String16));
        message(convert(&text_of(&[u32::MAX]), Kind::String32, Kind::String32));
    }
}

#[test]
fn null_is_no_string_but_never_a_long_one() {
    // SAFETY: NULL.
    unsafe {
        assert_eq!(convert(&NONE, Kind::String8, Kind::String16).unwrap(), NONE);
        assert_eq!(decode(&NONE, Kind::String32).unwrap(), "");
        let error = units::<u8>(&metaffi_string { length: 3, ..NONE }).unwrap_err();
        assert_eq!(error.status(), Status::InvalidArgument);
        assert!(error.message().contains("its length is 3"), "{error}");
    }
}

#[test]
fn impossible_strings_are_refused() {
    let data = [0_u32; 2];
    let long = metaffi_string { data: data.as_ptr().cast(), length: usize::MAX };
    let odd = metaffi_string { data: data.as_ptr().wrapping_byte_add(1).cast(), length: 1 };
    // SAFETY: refused before anything is read.
    unsafe {
        assert!(units::<u8>(&long).unwrap_err().message().contains("longer than memory"));
        assert!(units::<u16>(&odd).unwrap_err().message().contains("not aligned"));
        assert!(units::<u8>(&odd).is_ok());
    }
}
