//! [`Cursor`] and [`Counting`]: iterators and generators as they should be.

use std::cell::RefCell;
use std::rc::Rc;

use metaffi::object::Iteration;

use super::datum::Datum;
use super::operation::{Refusal, raises};
use super::thing::{Sort, Thing};

/// An iterator over a thing, which sees what becomes of that.
pub struct Cursor {
    over: Rc<RefCell<Thing>>,
    iteration: Iteration,
    /// Of how many changes it began after.
    changes: usize,
    at: usize,
    is_done: bool,
    /// Of entries, the value whose key has been given: it is the one that it was then.
    value: Option<Datum>,
}

impl Cursor {
    pub fn new(over: Rc<RefCell<Thing>>, iteration: Iteration) -> Cursor {
        let changes = over.borrow().changes;
        // What a host iterates over is a copy.
        let over = match over.borrow().sort.is_host() {
            true => Rc::new(RefCell::new(over.borrow().clone())),
            false => over.clone(),
        };
        Cursor { over, iteration, changes, at: 0, is_done: false, value: None }
    }

    /// Whether it may do anything, as what it is over was changed.
    pub fn is_lost(&self) -> bool {
        let over = self.over.borrow();
        let sees = matches!(over.sort, Sort::List | Sort::ByteArray);
        !sees && over.changes != self.changes
    }

    /// The next values, at most so many.
    pub fn next(&mut self, room: usize) -> Vec<Datum> {
        let elements = self.over.borrow().elements(self.iteration);
        // Entries come as keys and values in turn.
        let left = elements.get(self.at..).filter(|_| !self.is_done).unwrap_or_default();
        let mut given: Vec<Datum> = left.iter().take(room).cloned().collect();
        if let (Some(first), Some(value)) = (given.first_mut(), self.value.take()) {
            *first = value;
        }
        let ends_with_key = (self.at + given.len()) % 2 == 1;
        if self.iteration == Iteration::Entries && ends_with_key {
            self.value = left.get(given.len()).cloned();
        }
        self.at += given.len();
        self.is_done |= given.len() < room;
        given
    }
}

/// The generator `counting` of the guest.
pub struct Counting {
    pub count: i64,
    pub wrong: i64,
    next: i64,
    total: i64,
    is_started: bool,
    is_done: bool,
    /// What it fails with the next time, after what it has given.
    put_off: bool,
}

/// What a generator goes on with.
#[derive(Clone, Copy, Debug)]
pub enum With {
    Value(Option<i64>),
    Failure,
    Close,
}

impl Counting {
    pub fn new(count: i64, wrong: i64) -> Counting {
        Counting {
            count,
            wrong,
            next: 0,
            total: 0,
            is_started: false,
            is_done: false,
            put_off: false,
        }
    }

    /// What it gives, and whether that is yielded.
    pub fn resume(&mut self, with: With) -> Result<(bool, Datum), Refusal> {
        match with {
            With::Close => {
                self.is_done = true;
                return Ok((false, Datum::Null));
            }
            With::Failure if self.is_done || !self.is_started => {
                self.is_done = true;
                return raises("ValueError");
            }
            With::Value(_) if self.is_done => return Ok((false, Datum::Null)),
            With::Value(Some(_)) if !self.is_started => return raises("TypeError"),
            With::Failure => self.total += 100,
            With::Value(sent) => self.total += sent.unwrap_or(0),
        }
        self.is_started = true;
        if self.next == self.count {
            self.is_done = true;
            return Ok((false, Datum::Int(self.total)));
        }
        if self.next == self.wrong {
            self.is_done = true;
            return raises("ZeroDivisionError");
        }
        self.next += 1;
        Ok((true, Datum::Int(self.next - 1)))
    }

    /// The next values, at most so many.
    pub fn next(&mut self, room: usize) -> Result<Vec<Datum>, Refusal> {
        if std::mem::take(&mut self.put_off) {
            return raises("ZeroDivisionError");
        }
        let mut given = vec![];
        while given.len() < room && !self.is_done {
            match self.resume(With::Value(None)) {
                Ok((true, value)) => given.push(value),
                Ok((false, _)) => break,
                Err(failure) if given.is_empty() => return Err(failure),
                Err(_) => {
                    self.put_off = true;
                    break;
                }
            }
        }
        Ok(given)
    }
}
