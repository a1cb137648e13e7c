# Ruby's Fiddle as a host: it opens libmetaffi at run time and knows only the header's ABI.
#
#     ruby ruby_client.rb <libmetaffi.so>

require "fiddle"
require "zlib"

# Numbers of metaffi.h.
INT32, UINT32, UINT64, STRING8, SIZE, CALLABLE = 16, 256, 512, 4096, 262_144, 16_777_216
UNSPECIFIED = 0x7fff_ffff

LIB = Fiddle.dlopen(ARGV[0] || "libmetaffi.so.0.1")
P, Z, I = Fiddle::TYPE_VOIDP, Fiddle::TYPE_SIZE_T, Fiddle::TYPE_INT

def function(name, parameters, result = I)
  Fiddle::Function.new(LIB[name], parameters, result)
end

MESSAGE = function("metaffi_error_message", [P], P)
FREE_ERROR = function("metaffi_error_free", [P], Fiddle::TYPE_VOID)
FUNCTIONS = {
  "runtime_load" => [P, P, Z, P, P],
  "module_load" => [P, P, P, P],
  "module_declare" => [P, P, Z, P],
  "entity_load" => [P, P, P, Z, P, Z, P, P],
  "entity_call" => [P, P, Z, P, Z, P],
  "callable_new" => [P, P, Z, P, Z, P, P, P, P],
}.to_h { |name, parameters| [name, function("metaffi_#{name}", parameters)] }
FREE = %w[runtime module entity callable].to_h { |kind| [kind, function("metaffi_#{kind}_free", [P])] }

# Calls a function whose last parameter is the error; raises that.
def invoke(name, *arguments)
  error = "\0" * 8
  return if FUNCTIONS[name].call(*arguments, error).zero?

  failure = error.unpack1("J")
  message = MESSAGE.call(failure).to_s
  FREE_ERROR.call(failure)
  raise message
end

# Calls a function whose last output is a new handle.
def make(name, *arguments)
  made = "\0" * 8
  invoke(name, *arguments, made)
  made.unpack1("J")
end

def load_entity(mod, path)
  make("entity_load", mod, path, nil, UNSPECIFIED, nil, UNSPECIFIED)
end

# Values as bytes: the type, then two words of payload.
def values(*list)
  list.map { |type, first, second = 0| [type, first, second].pack("QQQ") }.join
end

def address(string)
  Fiddle::Pointer[string].to_i
end

def zlib_by_values(c)
  mod = make("module_load", c, "libz.so.1;zlib.h")
  crc32 = load_entity(mod, "callable=crc32")
  text = "123456789"
  result = "\0" * 24
  arguments = values([UINT64, 0], [STRING8, address(text), text.bytesize], [UINT32, text.bytesize])
  invoke("entity_call", crc32, arguments, 3, result, 1)
  sum = result.unpack("QQ")[1]
  raise "crc32 is wrong" unless sum == Zlib.crc32(text)

  puts format("crc32: %08x", sum)
  FREE["entity"].call(crc32)
  FREE["module"].call(mod)
end

COMPARE = Fiddle::Closure::BlockCaller.new(I, [P, P, P]) do |_userdata, frame, _error|
  a, b = frame[0, 16].unpack("JJ").map { |place| Fiddle::Pointer.new(place)[0, 4].unpack1("l") }
  frame[16, 8] = [a <=> b].pack("q")
  0
end

def sort_through_qsort(c)
  mod = make("module_load", c, "")
  declaration = "void qsort(void *, size_t, size_t, int (*)(const void *, const void *));"
  invoke("module_declare", mod, declaration, declaration.bytesize)
  qsort = load_entity(mod, "callable=qsort")
  addresses = [SIZE, 0, 0].pack("QQq") * 2
  order = [INT32, 0, 0].pack("QQq")
  callable = make("callable_new", COMPARE, addresses, 2, order, 1, nil, nil)

  numbers = [5, 2, 9, -4, 7, 0].pack("l*")
  arguments = values([SIZE, address(numbers)], [SIZE, 6], [SIZE, 4], [CALLABLE, callable])
  invoke("entity_call", qsort, arguments, 4, nil, 0)
  sorted = numbers.unpack("l*")
  raise "qsort is wrong: #{sorted}" unless sorted == [-4, 0, 2, 5, 7, 9]

  puts "qsort: #{sorted.join(" ")}"
  FREE["callable"].call(callable)
  FREE["entity"].call(qsort)
  FREE["module"].call(mod)
end

def show_an_error(c)
  mod = make("module_load", c, "libz.so.1;zlib.h")
  load_entity(mod, "callable=crc33")
  abort "a function that is not there was loaded"
rescue RuntimeError => error
  raise unless error.message.include?("crc33")

  puts "error: #{error.message}"
  FREE["module"].call(mod)
end

runtime = make("runtime_load", "c", nil, 0)
zlib_by_values(runtime)
sort_through_qsort(runtime)
show_an_error(runtime)
FREE["runtime"].call(runtime)
