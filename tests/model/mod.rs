//! Random operations on real objects, each of which must do what a model of the object does.
//!
//! Objects of Python and of a host are made, shared, iterated, looked into and freed as bytes say.
//! Of each there is a [`Thing`], which knows how it should be. Objects of a host are used by the
//! protocol, and through Python, by its own operations.

mod attributes;
mod choices;
mod compared;
mod cursor;
mod datum;
mod entries;
mod host;
mod operation;
mod real;
mod sequence;
mod sets;
mod thing;

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use metaffi::abi::METAFFI_STATUS_INVALID_ARGUMENT;
use metaffi::backend::{Backend, Options, python};
use metaffi::call::call_owned;
use metaffi::entity_path::EntityPath;
use metaffi::error::{Error, Status};
use metaffi::object::{self, Comparison, Iteration, Resumption};
use metaffi::signature::Kind;
use metaffi::value::{self, OwnedValue};

use choices::Choices;
use cursor::{Counting, Cursor, With};
use datum::{Datum, TOKENS};
use operation::{Answer, Operation, Refusal, Said, agree};
use real::{Look, Object, Tools};
use thing::{Sort, Thing};

const MOST: usize = 6;

/// What runs operations.
pub struct Game {
    tools: Tools,
}

/// An object, and how it should be.
struct Slot {
    object: Object,
    thing: Rc<RefCell<Thing>>,
}

/// What there is at a time.
#[derive(Default)]
struct Board {
    slots: Vec<Slot>,
    cursors: Vec<(Object, Cursor)>,
    generators: Vec<(Object, Counting)>,
    looks: Vec<(Look, Rc<RefCell<Thing>>)>,
    stale: Vec<usize>,
    /// What was done, for who reads why it is wrong.
    done: Vec<String>,
}

impl Drop for Game {
    fn drop(&mut self) {
        real::set_tokens(vec![]);
    }
}

impl Game {
    /// One with that interpreter, or any; `None` where there is none that can be embedded.
    pub fn new(interpreter: Option<String>) -> Option<Game> {
        let options = interpreter.map(|path| ("interpreter".to_owned(), path));
        let options = Options::new("runtime python3", python::Backend.options(), options).unwrap();
        let runtime = match python::Backend.load(&options) {
            Ok(runtime) => runtime,
            Err(error) if error.status() == Status::NotFound => return None,
            Err(error) => panic!("{error}"),
        };
        let guest = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let guest = guest.map(|above| above.join("tests/guests/model.py"));
        let guest = guest.into_iter().find(|guest| guest.exists()).unwrap();
        let module = runtime.load_module(guest.to_str().unwrap(), &Options::default()).unwrap();
        // A text is an object only where that is declared.
        let function = |path: &str| {
            let path = EntityPath::parse(path).unwrap();
            let (takes, gives) = ([Kind::String8.into()], [Kind::Handle.into()]);
            let function = module.load_entity(&path, Some(&takes), Some(&gives)).unwrap();
            move |text: &str| {
                let text = [value::string8(text).unwrap()];
                // SAFETY: a text.
                let made = unsafe { call_owned(&function, OwnedValue::as_raw(&text)) };
                Object::of(made.unwrap().pop().unwrap())
            }
        };
        let (named, text) = (function("callable=tool"), function("callable=text"));
        let tools = Tools { named: Box::new(named), text: Box::new(text) };
        let mut tokens: Vec<Object> = (0..TOKENS as i64 - 1)
            .map(|number| tools.make("token", &[Datum::Int(number)]))
            .collect();
        tokens.push(host::token(TOKENS - 1));
        real::set_tokens(tokens);
        Some(Game { tools })
    }

    /// Does what some bytes say.
    ///
    /// # Panics
    /// If something else happens than should.
    pub fn play(&self, bytes: &[u8]) {
        let mut choices = Choices::new(bytes);
        let living = host::living();
        let mut board = Board::default();
        while !choices.is_empty() {
            self.step(&mut choices, &mut board);
        }
        drop(board);
        // The last reference to some is Python's: what it keeps is garbage by now, if anything.
        self.collect();
        assert_eq!(host::living(), living, "objects of the host are left");
    }

    fn collect(&self) {
        let collected = self.tools.call("collect", &[]);
        collected.expect("garbage is collected");
    }

    fn step(&self, choices: &mut Choices<'_>, board: &mut Board) {
        match choices.below(20) {
            _ if board.slots.is_empty() => self.add(choices, board),
            0 | 1 if board.slots.len() < MOST => self.add(choices, board),
            2 if board.slots.len() < MOST => {
                let slot = &board.slots[choices.below(board.slots.len())];
                let (object, thing) = (slot.object.another(), slot.thing.clone());
                board.done.push("another handle".to_owned());
                board.slots.push(Slot { object, thing });
            }
            3 => {
                let at = choices.below(board.slots.len());
                board.done.push(format!("free {at}"));
                board.stale.push(board.slots.swap_remove(at).object.0);
            }
            4 if board.cursors.len() < MOST => self.iterate(choices, board),
            5 if !board.cursors.is_empty() => self.next(choices, board),
            6 if board.generators.len() < 2 => {
                let (count, wrong) = (choices.below(5) as i64, choices.below(9) as i64);
                board.done.push(format!("counting({count}, {wrong})"));
                let made = self.tools.make("generator", &[Datum::Int(count), Datum::Int(wrong)]);
                board.generators.push((made, Counting::new(count, wrong)));
            }
            7 | 8 if !board.generators.is_empty() => self.go_on(choices, board),
            9 => self.look(choices, board),
            10 if !board.looks.is_empty() => {
                let (look, thing) = board.looks.swap_remove(choices.below(board.looks.len()));
                board.done.push("look away".to_owned());
                let seen = look.elements();
                drop(look);
                if !seen.is_empty() {
                    assert_eq!(seen, thing.borrow().items);
                    thing.borrow_mut().views -= 1;
                }
            }
            11 if !board.stale.is_empty() => self.refuse(choices, board),
            12 => self.compare_identities(choices, board),
            _ => self.operate(choices, board),
        }
    }

    fn add(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let thing = Thing::choose(choices);
        board.done.push(format!("{}: {thing:?}", board.slots.len()));
        let object = self.made(&thing);
        board.slots.push(Slot { object, thing: Rc::new(RefCell::new(thing)) });
    }

    fn made(&self, thing: &Thing) -> Object {
        let kind = thing.sort.name();
        match thing.sort {
            sort if sort.is_host() => host::object(thing),
            Sort::Text => (self.tools.text)(&thing.text()),
            Sort::Namespace | Sort::Point => self.tools.make_of(kind, &thing.attributes),
            Sort::Properties => self.tools.make(kind, &[]),
            sort if sort.is_mapping() => self.tools.make(kind, &thing.elements(Iteration::Entries)),
            _ => self.tools.make(kind, &thing.items),
        }
    }

    fn operate(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let at = choices.below(board.slots.len());
        let mut operation = Operation::choose(choices, board.slots.len());
        let by_python = match board.slots[at].thing.borrow().sort.is_host() {
            true => choices.once_in(2),
            false => choices.once_in(16),
        };
        if by_python {
            operation = operation.by_key();
        }
        let with = match operation {
            Operation::CompareWith(_, with) => with,
            _ => at,
        };
        if board.slots[at].thing.borrow().leaves_out(&operation) {
            return;
        }
        let way = if by_python { "in Python" } else { "" };
        board.done.push(format!("{at}: {operation:?} {way}"));
        let slot = &board.slots[at];
        let other = board.slots[with].thing.clone();
        let is_itself = Rc::ptr_eq(&slot.thing, &other);
        let (object, other_object) = (slot.object.0, board.slots[with].object.0);
        let (before, found) = match by_python {
            false => (None, real::perform(object, &operation, other_object)),
            true => match self.tools.perform(object, &operation, other_object) {
                Some(found) => (Some(()), found),
                None => return,
            },
        };
        let copy = (!is_itself).then(|| other.borrow().clone());
        let mut thing = slot.thing.borrow_mut();
        let meant = match by_python && thing.sort == Sort::HostList {
            true => operation.by_position(),
            false => operation.clone(),
        };
        let mut expected = thing.answer(&meant, copy.as_ref());
        if before.is_some() {
            expected = in_python(&thing, &operation, expected);
        }
        let shown = || format!("{}\n{expected:?} expected", board.done.join("\n"));
        let shown = || format!("{} of {thing:?}", shown());
        assert!(agree(&expected, &found), "{}, {found:?} found", shown());
        self.check_hash(&operation, &found, &thing, object);
        if expected == Ok(Said::Anything) && matches!(operation, Operation::Invoke(..)) {
            // It may have changed: what it is from now on is asked.
            thing.items = real::drained_of(object);
            thing.changes += 1;
        }
    }

    /// What the protocol gives as a hash, Python does.
    fn check_hash(&self, operation: &Operation, found: &Answer, thing: &Thing, object: usize) {
        if let (Operation::Hash, Ok(hash)) = (operation, found)
            && !thing.sort.is_host()
        {
            let again = self.tools.perform(object, operation, object).unwrap();
            assert_eq!(again.as_ref(), Ok(hash));
        }
    }

    fn iterate(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let slot = &board.slots[choices.below(board.slots.len())];
        let sort = slot.thing.borrow().sort;
        let iteration = match sort.is_mapping() {
            true => choices.pick(&[
                Iteration::Itself,
                Iteration::Keys,
                Iteration::Values,
                Iteration::Entries,
            ]),
            false => Iteration::Itself,
        };
        if sort.is_sequence() || sort.is_mapping() {
            let key = slot.object.0;
            let iterator = object::of(key).and_then(|of| of.iterate(key, iteration)).unwrap();
            let cursor = Cursor::new(slot.thing.clone(), iteration);
            board.done.push(format!("iterate {sort:?}, {iteration:?}"));
            board.cursors.push((Object(iterator), cursor));
        }
    }

    fn next(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let (at, room) = (choices.below(board.cursors.len()), choices.below(4));
        board.done.push(format!("next {room} of {at}"));
        let (iterator, cursor) = &mut board.cursors[at];
        if cursor.is_lost() {
            let _ = real::next(iterator.0, room);
            board.cursors.swap_remove(at);
            return;
        }
        let found = real::next(iterator.0, room);
        let expected = if room == 0 { vec![] } else { cursor.next(room) };
        assert_eq!(found, Ok(expected), "{}", board.done.join("\n"));
    }

    fn go_on(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let at = choices.below(board.generators.len());
        let (object, counting) = &mut board.generators[at];
        let generator = object.0;
        match choices.below(6) {
            0 | 1 => {
                let room = 1 + choices.below(3);
                board.done.push(format!("next {room} of generator {at}"));
                let found = real::next(generator, room);
                assert_eq!(found, counting.next(room), "{}", board.done.join("\n"));
            }
            2 if choices.once_in(3) => {
                board.done.push(format!("free generator {at}"));
                board.stale.push(board.generators.swap_remove(at).0.0);
            }
            which => {
                let with = match which {
                    2 => With::Close,
                    3 => With::Failure,
                    4 => With::Value(Some(choices.below(4) as i64)),
                    _ => With::Value(None),
                };
                board.done.push(format!("{with:?} to generator {at}"));
                let (found, expected) = (sent(generator, with), counting.resume(with));
                assert_eq!(found, expected, "{}", board.done.join("\n"));
            }
        }
    }

    /// Looks at memory, and goes on.
    fn look(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let slot = &board.slots[choices.below(board.slots.len())];
        let writable = choices.once_in(2);
        let found = Look::at(slot.object.0, writable);
        let mut thing = slot.thing.borrow_mut();
        let shows = match thing.sort {
            Sort::ByteArray | Sort::Array => true,
            Sort::Bytes => !writable,
            _ => false,
        };
        board.done.push(format!("look at {:?}", thing.sort));
        match found {
            Ok(look) => {
                assert!(shows, "{}", board.done.join("\n"));
                assert_eq!(look.elements(), thing.items);
                // Of nothing there is nothing that could not be moved.
                thing.views += usize::from(thing.length() != 0);
                board.looks.push((look, slot.thing.clone()));
            }
            Err(refusal) => assert_eq!((refusal, shows), (Refusal::Unable, false)),
        }
    }

    /// A handle that was freed is refused, whatever is asked.
    fn refuse(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let stale = board.stale[choices.below(board.stale.len())];
        let operation = Operation::choose(choices, 1);
        board.done.push(format!("{operation:?} of a stale handle"));
        let expected = Err(Refusal::Raises("InvalidHandle".to_owned()));
        let with = board.slots[0].object.0;
        assert_eq!(real::perform(stale, &operation, with), expected, "{}", board.done.join("\n"));
        // What a function of a host says of one is its own affair.
        if board.slots[0].thing.borrow().sort == Sort::HostList {
            return;
        }
        let how = Operation::CompareWith(Comparison::Equal, 0);
        assert_eq!(real::perform(with, &how, stale), expected, "{}", board.done.join("\n"));
    }

    /// Handles of a thing have one identity, and those of different ones different ones.
    fn compare_identities(&self, choices: &mut Choices<'_>, board: &mut Board) {
        let [one, other] = [(); 2].map(|()| &board.slots[choices.below(board.slots.len())]);
        let is_one = Rc::ptr_eq(&one.thing, &other.thing);
        // Of what never changes, Python may have one for several.
        let sort = one.thing.borrow().sort;
        let may_be_one = matches!(sort, Sort::Tuple | Sort::Text | Sort::Bytes | Sort::FrozenSet);
        if is_one || !may_be_one {
            assert_eq!(one.object.identity() == other.object.identity(), is_one);
        }
    }
}

/// Goes on with a real generator.
fn sent(generator: usize, with: With) -> Result<(bool, Datum), Refusal> {
    let error = Error::invalid("sent");
    assert_eq!(error.status().code(), METAFFI_STATUS_INVALID_ARGUMENT);
    let value = match with {
        With::Value(Some(number)) => number.into(),
        _ => value::null(),
    };
    let resumption = match with {
        With::Value(_) => Resumption::Value(&value),
        With::Failure => Resumption::Error(&error),
        With::Close => Resumption::Close,
    };
    let mut yielded = false;
    let value = real::got(|to| {
        // SAFETY: what is sent is a number or null.
        yielded = unsafe { object::of(generator)?.send(generator, resumption, to)? };
        Ok(())
    })?;
    // SAFETY: as its type says.
    Ok((yielded, unsafe { real::datum_of(&value) }))
}

/// What Python's own operation gives where the protocol gives that.
fn in_python(thing: &Thing, operation: &Operation, expected: Answer) -> Answer {
    use Operation::*;
    let is_equality = match operation {
        Compare(how, _) | CompareWith(how, _) => match how {
            Comparison::Equal => Some(false),
            Comparison::NotEqual => Some(true),
            _ => None,
        },
        _ => None,
    };
    match (expected, operation) {
        // What cannot be compared is not equal.
        (Err(Refusal::Unable), _) if is_equality.is_some() => {
            Ok(Said::Holds(is_equality == Some(true)))
        }
        (Err(Refusal::Missing), GetAttribute(_) | SetAttribute(..)) => {
            operation::raises("AttributeError")
        }
        (Err(Refusal::Missing), _) if thing.sort.is_mapping() => operation::raises("KeyError"),
        (Err(Refusal::Missing), _) => operation::raises("IndexError"),
        (Err(Refusal::Raises(status)), _) if status == "TypeMismatch" => Err(Refusal::Any),
        (Err(Refusal::Unable), Truth | Text(_)) => Err(Refusal::Unable),
        (Err(Refusal::Unable), _) => Err(Refusal::Any),
        (expected, _) => expected,
    }
}
