//! Universally unique identifiers.

use std::fmt;

use crate::abi::metaffi_uuid;

/// Hexadecimal digits in five groups.
pub(super) fn parse(text: &str) -> Option<metaffi_uuid> {
    let groups = text.split('-').map(str::len);
    if !groups.eq([8, 4, 4, 4, 12]) {
        return None;
    }
    let digits: String = text.split('-').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let bytes = u128::from_str_radix(&digits, 16).ok()?.to_be_bytes();
    Some(metaffi_uuid { bytes })
}

pub(super) fn show(uuid: &metaffi_uuid, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digits = format!("{:032x}", u128::from_be_bytes(uuid.bytes));
    let groups = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    f.write_str(&groups.join("-"))
}
