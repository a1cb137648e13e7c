/// The version of the ABI: programs built against one number run with every library that reports
/// the same.
pub const METAFFI_ABI: u32 = 0;
