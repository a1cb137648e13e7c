use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::closure::{Closure, ErrorSink};
use super::function::Function;
use super::natural;
use crate::error::Result;
use crate::handle::{Direct, Handled, Kind};

/// A function passed as a value, and the C function pointers made for it.
pub struct Callable {
    function: Arc<Function>,
    sink: Mutex<ErrorSink>,
    natural: OnceLock<Closure>,
    typed: Mutex<Vec<(String, Closure)>>,
}

impl Handled for Callable {
    const KIND: Kind = Kind::Callable;

    fn direct(&self) -> Option<Direct> {
        self.function.direct()
    }
}

impl Callable {
    /// A callable of a function.
    pub fn new(function: Arc<Function>) -> Callable {
        Callable {
            function,
            sink: Mutex::default(),
            natural: OnceLock::new(),
            typed: Mutex::default(),
        }
    }

    /// What is called.
    pub fn function(&self) -> &Arc<Function> {
        &self.function
    }

    /// Its C function pointer with the natural C signature of its types.
    pub fn native(&self) -> Result<*const ()> {
        if let Some(symbol) = self.function.callee().symbol() {
            return Ok(symbol);
        }
        if let Some(closure) = self.natural.get() {
            return Ok(closure.code());
        }
        let closure = natural::export(&self.function, self.sink())?;
        Ok(self.natural.get_or_init(|| closure).code())
    }

    /// Its C function pointer of another C type, spelled `key`; `make` compiles it the first time.
    pub fn typed(
        &self,
        key: &str,
        make: impl FnOnce(ErrorSink) -> Result<Closure>,
    ) -> Result<*const ()> {
        let mut typed = self.typed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, closure)) = typed.iter().find(|(known, _)| known == key) {
            return Ok(closure.code());
        }
        let closure = make(self.sink())?;
        let code = closure.code();
        typed.push((key.to_owned(), closure));
        Ok(code)
    }

    /// Sends the failures of calls through its pointers elsewhere.
    pub fn set_sink(&self, sink: ErrorSink) {
        *self.sink.lock().unwrap_or_else(PoisonError::into_inner) = sink.clone();
        if let Some(closure) = self.natural.get() {
            closure.set_sink(sink.clone());
        }
        for (_, closure) in self.typed.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            closure.set_sink(sink.clone());
        }
    }

    fn sink(&self) -> ErrorSink {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
