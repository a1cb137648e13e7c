/// \file
/// Objects in expressions: `obj["key"]`, `obj(1, arg("name") = 2)`, `for (auto &value : obj)`,
/// `obj < other`, `co_await obj`.
#ifndef METAFFI_EXPRESSION_HPP
#define METAFFI_EXPRESSION_HPP

#include "object.hpp"
#include "task.hpp"
#include "value.hpp"

#include <array>
#include <iterator>
#include <tuple>

#if defined(__cpp_impl_coroutine) && __has_include(<coroutine>)
#include <coroutine>
#define METAFFI_HAS_COROUTINES 1
#endif

namespace metaffi {

/// An argument with its name, for the end of an argument list: `arg("sep") = ", "`.
template <class T>
struct named_argument {
    const name &of;
    const T &argument;
};

/// The name of an argument, which becomes one by being assigned to.
class arg {
  public:
    explicit arg(const char *text) : name_(text) {}
    explicit arg(const name &of) : name_(of) {}

    template <class T>
    named_argument<T> operator=(const T &argument) const & {
        return {name_, argument};
    }

  private:
    name name_;
};

namespace detail {

template <class T>
struct is_named : std::false_type {};
template <class T>
struct is_named<named_argument<T>> : std::true_type {};

template <class T>
const T &plain_argument(const T &argument) {
    return argument;
}
template <class T>
const T &plain_argument(const named_argument<T> &argument) {
    return argument.argument;
}

/// Whether all that have a name come last.
template <class... A>
constexpr bool names_are_last() {
    constexpr bool named[] = {is_named<A>::value..., true};
    for (std::size_t i = 0; i + 1 < sizeof...(A); i++)
        if (named[i] && !named[i + 1])
            return false;
    return true;
}

/// What is lent to a call, as long as it takes.
template <class... A>
class lent_arguments {
    static_assert(names_are_last<A...>(), "arguments that have a name come last");

  public:
    static constexpr std::size_t count = sizeof...(A);
    static constexpr std::size_t named = (std::size_t(0) + ... + (is_named<A>::value ? 1 : 0));

    explicit lent_arguments(const A &...arguments)
        : lent_(plain_argument(arguments)...), values_(all(std::index_sequence_for<A...>())) {
        std::size_t next = 0;
        (add(arguments, next), ...);
    }
    const metaffi_value *values() const noexcept { return values_.data(); }
    const metaffi_name *const *names() const noexcept { return names_.data(); }

  private:
    template <std::size_t... I>
    std::array<metaffi_value, count + 1> all(std::index_sequence<I...>) const {
        return {{std::get<I>(lent_).get()..., metaffi_value{}}};
    }
    template <class T>
    void add(const T &, std::size_t &) noexcept {}
    template <class T>
    void add(const named_argument<T> &argument, std::size_t &next) noexcept {
        names_[next++] = argument.of.get();
    }

    std::tuple<lent_value<deduced<decltype(plain_argument(std::declval<const A &>()))>>...> lent_;
    std::array<metaffi_value, count + 1> values_;
    std::array<const metaffi_name *, named + 1> names_{};
};

template <class... A>
value called(const metaffi_object *callee, const A &...arguments) {
    lent_arguments<A...> lent(arguments...);
    value returned;
    invoke(metaffi_object_call, callee, lent.values(), lent.count, lent.names(), lent.named,
           returned.out());
    return returned;
}

} // namespace detail

/// Calls it; arguments that have a name come last.
template <class... A>
value object::operator()(const A &...arguments) const {
    return detail::called(get(), arguments...);
}

/// An item or an entry, read where a value is wanted, and written by assignment. It borrows the
/// object, and is not kept.
class item_reference {
  public:
    item_reference(const metaffi_object *of, value key) : of_(of), key_(std::move(key)) {}
    item_reference(object of, value key)
        : owner_(std::move(of)), of_(owner_.get()), key_(std::move(key)) {}
    item_reference(const item_reference &) = delete;

    value read() const {
        value found;
        detail::invoke(metaffi_object_get_item, of_, key_.get(), found.out());
        return found;
    }
    operator value() const { return read(); }
    template <class T>
    T as() const {
        return read().as<T>();
    }

    template <class T>
    const item_reference &operator=(const T &written) const {
        detail::lent_value<detail::deduced<const T &>> lent(written);
        detail::invoke(metaffi_object_set_item, of_, key_.get(), &lent.get());
        return *this;
    }
    const item_reference &operator=(const item_reference &from) const {
        return *this = from.read();
    }
    /// Deletes it.
    void erase() const { detail::invoke(metaffi_object_set_item, of_, key_.get(), nullptr); }

    /// What can be done with an object can be done with one that is an item.
    template <class K>
    item_reference operator[](const K &key) const {
        return item_reference(as<object>(), value(key));
    }
    template <class... A>
    value operator()(const A &...arguments) const {
        return as<object>()(arguments...);
    }
    value attr(std::string_view of) const { return as<object>().attr(of); }

  private:
    object owner_;
    const metaffi_object *of_;
    value key_;
};

/// The item at a position or of a key.
template <class K>
item_reference object::operator[](const K &key) const {
    return item_reference(get(), value(key));
}

/// Goes over what an object gives, by batches where it has all of it at hand.
class value_iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using value_type = value;
    using difference_type = std::ptrdiff_t;
    using pointer = value *;
    using reference = value &;

    value_iterator() = default;
    explicit value_iterator(const object &over)
        : source_(over.iterate()), room_(over.can(METAFFI_IS_SEQUENCE) ? batch : 1) {
        advance();
    }

    reference operator*() const { return values_[at_]; }
    pointer operator->() const { return &values_[at_]; }
    value_iterator &operator++() {
        advance();
        return *this;
    }
    void operator++(int) { advance(); }
    /// Whether both are at the end, which is all that is compared.
    bool operator==(const value_iterator &other) const {
        return values_.empty() == other.values_.empty();
    }
    bool operator!=(const value_iterator &other) const { return !(*this == other); }

  private:
    static constexpr std::size_t batch = 64;

    void advance() {
        if (++at_ < values_.size())
            return;
        values_ = source_.next(room_);
        at_ = 0;
    }

    object source_;
    std::size_t room_ = 1;
    mutable std::vector<value> values_;
    std::size_t at_ = 0;
};

inline value_iterator object::begin() const {
    return value_iterator(*this);
}
inline value_iterator object::end() const {
    return value_iterator();
}

namespace detail {

template <class T>
struct conversion {
    static T of(const object &from) { return value(from).as<T>(); }
};
template <class U>
struct conversion<std::vector<U>> {
    static std::vector<U> of(const object &from) { return listed<U>(from); }
};

} // namespace detail

/// The object as a `T`; as a `std::vector<U>`, what it gives, each as a `U`.
template <class T>
T object::as() const {
    return detail::conversion<T>::of(*this);
}

namespace detail {

template <class T>
bool compared(const object &one, metaffi_comparison comparison, const T &other) {
    lent_value<deduced<const T &>> lent(other);
    bool holds = false;
    invoke(metaffi_object_compare, one.get(), comparison, &lent.get(), &holds);
    return holds;
}

template <class T>
using if_compared =
    std::enable_if_t<travels<deduced<const T &>> || std::is_same_v<deduced<const T &>, value>>;
template <class T>
using if_no_object = std::enable_if_t<!std::is_base_of_v<object, T>>;

} // namespace detail

/// As the object's language compares, also with what stands before it.
#define METAFFI_COMPARED(sign, comparison, reversed)                                               \
    template <class T, class = detail::if_compared<T>>                                             \
    bool operator sign(const object &one, const T &other) {                                        \
        return detail::compared(one, comparison, other);                                           \
    }                                                                                              \
    template <class T, class = detail::if_compared<T>, class = detail::if_no_object<T>>            \
    bool operator sign(const T &one, const object &other) {                                        \
        return detail::compared(other, reversed, one);                                             \
    }
METAFFI_COMPARED(==, METAFFI_EQUAL, METAFFI_EQUAL)
METAFFI_COMPARED(!=, METAFFI_NOT_EQUAL, METAFFI_NOT_EQUAL)
METAFFI_COMPARED(<, METAFFI_LESS, METAFFI_GREATER)
METAFFI_COMPARED(<=, METAFFI_LESS_OR_EQUAL, METAFFI_GREATER_OR_EQUAL)
METAFFI_COMPARED(>, METAFFI_GREATER, METAFFI_LESS)
METAFFI_COMPARED(>=, METAFFI_GREATER_OR_EQUAL, METAFFI_LESS_OR_EQUAL)
#undef METAFFI_COMPARED

/// A context that is entered, and left at the end of the block. Where an exception ends the block
/// it is left with an error that says so; what it makes of that is not asked, since the exception
/// goes on: to hear that it is dealt with, see `within`.
class entered {
  public:
    explicit entered(const object &context)
        : context_(context.clone()), given_(context_.enter()), before_(std::uncaught_exceptions()) {
    }
    entered(const entered &) = delete;
    entered &operator=(const entered &) = delete;
    /// Throws what leaving fails with, unless an exception is under way.
    ~entered() noexcept(false) {
        if (std::uncaught_exceptions() == before_) {
            context_.exit();
            return;
        }
        try {
            context_.exit(error(METAFFI_STATUS_FOREIGN, "C++ exception",
                                "the block was left by an exception of C++"));
        } catch (...) {
            // The exception that is under way stays the one that is seen.
        }
    }

    /// What entering gave.
    const value &get() const noexcept { return given_; }
    const value *operator->() const noexcept { return &given_; }

  private:
    object context_;
    value given_;
    int before_;
};

/// Runs `body` with what entering a context gives. What it throws is told to the context, and goes
/// on unless that deals with it. Whether the body came to its end.
template <class F>
bool within(const object &context, F &&body) {
    value given = context.enter();
    try {
        std::forward<F>(body)(given);
    } catch (...) {
        metaffi_error *described = nullptr;
        metaffi_status status = detail::report_current_exception(&described);
        error failure(status, described);
        if (context.exit(failure))
            return false;
        throw;
    }
    context.exit();
    return true;
}

#ifdef METAFFI_HAS_COROUTINES

namespace detail {

/// Waits for what an object gives in the end; goes on where that is told, on whatever thread.
class awaited_object {
  public:
    explicit awaited_object(object awaited) : awaited_(std::move(awaited)) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        // From the call on, this may be gone.
        task(awaited_, [this, waiting](const value *given, const error *failed) {
            if (given != nullptr)
                result_ = given->clone();
            else
                failure_ = *failed;
            waiting.resume();
        });
    }
    value await_resume() {
        if (failure_)
            throw *failure_;
        return std::move(result_);
    }

  private:
    object awaited_;
    value result_;
    std::optional<error> failure_;
};

} // namespace detail

/// Awaits it: the coroutine goes on with the value, or with the failure thrown.
inline detail::awaited_object operator co_await(const object &awaited) {
    return detail::awaited_object(awaited.clone());
}
inline detail::awaited_object operator co_await(const value &awaited) {
    return detail::awaited_object(awaited.as<object>());
}

#endif

} // namespace metaffi

#endif
