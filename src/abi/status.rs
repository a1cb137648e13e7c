/// What a function reports: `METAFFI_OK`, or one of the other `METAFFI_STATUS_…` numbers.
///
/// Numbers are never reused.
pub type metaffi_status = u32;

/// The call did what it says.
pub const METAFFI_OK: metaffi_status = 0;
/// An argument is outside what the function accepts; the message names it.
pub const METAFFI_STATUS_INVALID_ARGUMENT: metaffi_status = 1;
/// A handle is NULL, stale, freed twice, of another kind, or no handle at all.
pub const METAFFI_STATUS_INVALID_HANDLE: metaffi_status = 2;
/// A runtime, option, module, symbol, entity or type of that name does not exist.
pub const METAFFI_STATUS_NOT_FOUND: metaffi_status = 3;
/// Text (an entity path, a declaration, a type) does not follow its grammar; the message has the
/// position and what was expected there.
pub const METAFFI_STATUS_SYNTAX: metaffi_status = 4;
/// A value's type, rank or shape is not what the signature declares.
pub const METAFFI_STATUS_TYPE_MISMATCH: metaffi_status = 5;
/// A value does not fit the declared type, or an index is out of bounds.
pub const METAFFI_STATUS_OUT_OF_RANGE: metaffi_status = 6;
/// Text is not valid UTF-8, UTF-16 or UTF-32; the message says at which unit.
pub const METAFFI_STATUS_INVALID_TEXT: metaffi_status = 7;
/// A library, header or runtime was found but could not be loaded.
pub const METAFFI_STATUS_LOAD_FAILED: metaffi_status = 8;
/// The runtime, platform or type cannot do this; the message says what can.
pub const METAFFI_STATUS_UNSUPPORTED: metaffi_status = 9;
/// The guest's own code failed: an exception, a panic, a raised error.
pub const METAFFI_STATUS_FOREIGN: metaffi_status = 10;
/// Memory could not be allocated.
pub const METAFFI_STATUS_OUT_OF_MEMORY: metaffi_status = 11;
/// A defect in metaffi itself, stopped at the boundary. Please report it with its message.
pub const METAFFI_STATUS_INTERNAL: metaffi_status = 12;
/// What was awaited or called was cancelled, or given up before it was done.
pub const METAFFI_STATUS_CANCELLED: metaffi_status = 13;
/// The time for it has passed; what is awaited may be done later.
pub const METAFFI_STATUS_TIMED_OUT: metaffi_status = 14;
/// An asynchronous iterator has no more values.
pub const METAFFI_STATUS_ENDED: metaffi_status = 15;
