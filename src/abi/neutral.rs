use super::metaffi_string;

/// An integer of any size.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_bigint {
    /// Whether it is below 0.
    pub negative: bool,
    /// The bytes of its absolute value, the least significant first.
    pub magnitude: *const u8,
    /// How many bytes; 0 for zero. One that metaffi made has no zeroes at the end.
    pub length: usize,
}

/// A decimal number of any precision, or none: with the digits it was written with.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_decimal {
    /// UTF-8: `-12.50`, `1E+3`; `Infinity`, `-Infinity`, `NaN`, `sNaN` and digits behind these two.
    /// One that metaffi made ends in a zero that the length does not count.
    pub text: metaffi_string,
}

/// A complex number.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct metaffi_complex {
    /// The real part.
    pub real: f64,
    /// The imaginary part.
    pub imaginary: f64,
}

/// A day of the Gregorian calendar, continued before it was introduced.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct metaffi_date {
    /// The year; 0 is the one before year 1.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

/// A time of day, with or without a place.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_time {
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 1 for the later one of two equal times when clocks are set back, otherwise 0.
    pub fold: u8,
    /// 0 to 999999999.
    pub nanosecond: u32,
    /// Whether `offset` is known.
    pub has_offset: bool,
    /// Seconds by which the clock is ahead of UTC, less than a day; 0 if not known.
    pub offset: i32,
    /// The name of the time zone in UTF-8, as `Europe/Paris`, or NULL: none. With neither offset nor
    /// zone the time is that of any place.
    pub zone: metaffi_string,
}

/// A day and a time of it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_datetime {
    /// The day.
    pub date: metaffi_date,
    /// The time of the day.
    pub time: metaffi_time,
}

/// A span of time: `seconds` and the part of one that comes on top.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct metaffi_duration {
    /// Whole seconds, rounded down: those of -0.5 s are -1.
    pub seconds: i64,
    /// 0 to 999999999, also if `seconds` is negative.
    pub nanoseconds: u32,
}

/// The name of a time zone.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct metaffi_zone {
    /// UTF-8, as `Europe/Paris`. One that metaffi made ends in a zero that the length does not count.
    pub name: metaffi_string,
}

/// A universally unique identifier.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct metaffi_uuid {
    /// Its bytes in the order in which they are written.
    pub bytes: [u8; 16],
}

/// The integers from `start` in steps of `step`, as long as `stop` is not reached.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct metaffi_range {
    /// The first.
    pub start: i64,
    /// The first that is not in it any more.
    pub stop: i64,
    /// The difference; not 0.
    pub step: i64,
}
