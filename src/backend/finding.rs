use serde::Serialize;

/// One thing the doctor looked for.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Finding {
    /// What it is: `C library`, `C compiler`, an interpreter.
    pub what: String,
    /// Whether it can be used.
    pub usable: bool,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How it was come by, in words, such as `PATH`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What follows from that: what is missing, and how to get it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}
