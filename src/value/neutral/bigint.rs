//! Integers of any size.

use std::borrow::Cow;
use std::fmt;

use super::store;
use crate::abi::{metaffi_bigint, metaffi_string};
use crate::error::Result;
use crate::signature::Kind;
use crate::value::{OwnedValue, text};

/// An integer of any size: its sign, and the bytes of its absolute value, the least significant
/// first, without zeroes at the end. Zero is not negative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BigInt<'a> {
    negative: bool,
    magnitude: Cow<'a, [u8]>,
}

/// As many decimal digits as fit a `u64`, and what they count up to.
const CHUNK: usize = 19;
const CHUNK_BASE: u64 = 10_u64.pow(CHUNK as u32);

impl<'a> BigInt<'a> {
    /// The integer of a sign and bytes, which may have zeroes at the end.
    pub fn new(negative: bool, magnitude: &'a [u8]) -> BigInt<'a> {
        let length = magnitude.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        BigInt { negative: negative && length != 0, magnitude: magnitude[..length].into() }
    }

    /// # Safety
    /// What it points to is valid for `'a`.
    pub(super) unsafe fn read(bigint: &metaffi_bigint) -> Result<BigInt<'a>> {
        let bytes = metaffi_string { data: bigint.magnitude.cast(), length: bigint.length };
        // SAFETY: what it points to is valid for `'a`.
        let bytes = unsafe { text::units(&bytes) }.map_err(|error| error.context("bigint"))?;
        // SAFETY: a byte of a live structure; a bool of C's may be any.
        let negative = unsafe { (&raw const bigint.negative).cast::<u8>().read() } != 0;
        Ok(BigInt::new(negative, bytes))
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// The bytes of its absolute value, the least significant first; none for 0.
    pub fn magnitude(&self) -> &[u8] {
        &self.magnitude
    }

    /// Digits, with a sign before them or not.
    pub(super) fn parse(text: &str) -> Option<BigInt<'static>> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let mut limbs: Vec<u64> = Vec::with_capacity(digits.len() / CHUNK + 1);
        let first = digits.len() % CHUNK;
        let rest = digits.as_bytes()[first..].chunks(CHUNK);
        for chunk in [&digits.as_bytes()[..first]].into_iter().chain(rest) {
            let number = |number: u64, digit: &u8| number * 10 + u64::from(digit - b'0');
            let mut carry = u128::from(chunk.iter().fold(0, number));
            for limb in &mut limbs {
                carry += u128::from(*limb) * u128::from(CHUNK_BASE);
                *limb = carry as u64;
                carry >>= 64;
            }
            if carry != 0 {
                limbs.push(carry as u64);
            }
        }
        let bytes: Vec<u8> = limbs.into_iter().flat_map(u64::to_le_bytes).collect();
        Some(BigInt::new(text.starts_with('-'), &bytes).into_owned())
    }

    /// The same with bytes of its own.
    pub fn into_owned(self) -> BigInt<'static> {
        let magnitude = Cow::Owned(self.magnitude.into_owned());
        BigInt { negative: self.negative, magnitude }
    }

    /// The integer of hexadecimal digits.
    pub fn from_hexadecimal(negative: bool, digits: &str) -> Option<BigInt<'static>> {
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let magnitude = digits.as_bytes().rchunks(2).map(byte).collect::<Option<Vec<u8>>>()?;
        Some(BigInt::new(negative, &magnitude).into_owned())
    }

    /// Its hexadecimal digits, with a minus sign before them if it is negative.
    pub fn to_hexadecimal(&self) -> String {
        let mut digits = if self.negative { "-".to_owned() } else { String::new() };
        match self.magnitude.split_last() {
            None => digits.push('0'),
            Some((first, rest)) => {
                let mut push = |byte: &u8, wide: bool| {
                    const DIGITS: &[u8; 16] = b"0123456789abcdef";
                    if wide || *byte >= 16 {
                        digits.push(char::from(DIGITS[usize::from(byte >> 4)]));
                    }
                    digits.push(char::from(DIGITS[usize::from(byte & 15)]));
                };
                push(first, false);
                rest.iter().rev().for_each(|byte| push(byte, true));
            }
        }
        digits
    }

    /// Its absolute value, if that has at most 128 bits.
    pub fn to_u128(&self) -> Option<u128> {
        let mut bytes = [0; 16];
        bytes.get_mut(..self.magnitude.len())?.copy_from_slice(&self.magnitude);
        Some(u128::from_le_bytes(bytes))
    }

    /// The integer, if it has at most 127 bits or is the least of 128.
    pub fn to_i128(&self) -> Option<i128> {
        let magnitude = self.to_u128()?;
        match self.negative {
            true => 0_i128.checked_sub_unsigned(magnitude),
            false => magnitude.try_into().ok(),
        }
    }

    /// The floating number that it is exactly, of so many bits of precision and an exponent below
    /// `limit`.
    pub(super) fn to_float(&self, precision: usize, limit: usize) -> Option<f64> {
        let Some(low) = self.magnitude.iter().position(|byte| *byte != 0) else { return Some(0.0) };
        let bits = self.bits();
        let zeroes = low * 8 + self.magnitude[low].trailing_zeros() as usize;
        if bits - zeroes > precision || bits > limit {
            return None;
        }
        let add = |float, byte: &u8| float * 256.0 + f64::from(*byte);
        let float = self.magnitude.iter().rev().fold(0.0, add);
        Some(if self.negative { -float } else { float })
    }

    /// How many bits its absolute value has.
    pub fn bits(&self) -> usize {
        let top = self.magnitude.last().map_or(0, |byte| 8 - byte.leading_zeros() as usize);
        (self.magnitude.len() * 8 + top).saturating_sub(8)
    }

    pub(super) fn to_value(&self) -> Result<OwnedValue> {
        let (negative, length) = (self.negative, self.magnitude.len());
        store::with_bytes(&self.magnitude, Kind::BigInt, |magnitude| metaffi_bigint {
            negative,
            magnitude,
            length,
        })
    }
}

impl From<i128> for BigInt<'static> {
    fn from(integer: i128) -> BigInt<'static> {
        BigInt::new(integer < 0, &integer.unsigned_abs().to_le_bytes()).into_owned()
    }
}

/// Its decimal digits.
impl fmt::Display for BigInt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limb = |bytes: &[u8]| {
            bytes.iter().rev().fold(0_u64, |limb, byte| limb << 8 | u64::from(*byte))
        };
        let mut limbs: Vec<u64> = self.magnitude.chunks(8).map(limb).collect();
        let mut chunks = vec![];
        while !limbs.is_empty() {
            let mut remainder = 0;
            for limb in limbs.iter_mut().rev() {
                let dividend = u128::from(remainder) << 64 | u128::from(*limb);
                *limb = (dividend / u128::from(CHUNK_BASE)) as u64;
                remainder = (dividend % u128::from(CHUNK_BASE)) as u64;
            }
            chunks.push(remainder);
            while limbs.last() == Some(&0) {
                limbs.pop();
            }
        }
        let mut digits = chunks.pop().unwrap_or(0).to_string();
        for chunk in chunks.iter().rev() {
            digits.push_str(&format!("{chunk:0CHUNK$}"));
        }
        f.pad_integral(!self.negative, "", &digits)
    }
}
