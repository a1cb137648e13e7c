"""libcurl fetches a page of a server in this process; a Python function gets what arrives."""

import http.server
import threading

import metaffi

curl = metaffi.MetaFFIRuntime("c").load_module("libcurl.so.4;curl/curl.h")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"You asked for {self.path} as {self.headers['User-Agent']}.\n".encode() * 1000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Page)
threading.Thread(target=server.serve_forever, daemon=True).start()

received = bytearray()


def write(data, size, count, _):
    received.extend(metaffi.buffer(data, size * count))
    return size * count


write = curl.new("curl_write_callback", write)


def check(code):
    if code != curl.CURLE_OK:
        raise RuntimeError(str(curl.curl_easy_strerror(code)))


curl.curl_global_init(curl.CURL_GLOBAL_DEFAULT)
easy = curl.curl_easy_init()
check(curl.curl_easy_setopt(easy, curl.CURLOPT_URL, f"http://127.0.0.1:{server.server_port}/moons"))
check(curl.curl_easy_setopt(easy, curl.CURLOPT_USERAGENT, "metaffi"))
check(curl.curl_easy_setopt(easy, curl.CURLOPT_WRITEFUNCTION, write))
check(curl.curl_easy_perform(easy))

status = curl.new("long")
size = curl.new("double")
check(curl.curl_easy_getinfo(easy, curl.CURLINFO_RESPONSE_CODE, status))
check(curl.curl_easy_getinfo(easy, curl.CURLINFO_SIZE_DOWNLOAD, size))
print("status", status.value, "with", int(size.value), "bytes")
print(received.count(b"\n"), "times:", received.decode().splitlines()[-1])

# What goes wrong has a text.
check(curl.curl_easy_setopt(easy, curl.CURLOPT_URL, "http://127.0.0.1:1/"))
try:
    check(curl.curl_easy_perform(easy))
except RuntimeError as error:
    print("curl says:", error)

curl.curl_easy_cleanup(easy)
curl.curl_global_cleanup()
server.shutdown()
