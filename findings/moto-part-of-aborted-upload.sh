#!/usr/bin/env bash
# moto 5.2.5 (its S3 server): a part for, or the end of, a multipart upload that was aborted is 500, not 404 NoSuchUpload.
#
# An upload in several parts at once is often aborted while a part is still on its way. S3 answers such a part, and a
# request to complete, with 404 NoSuchUpload, which clients take as final. moto looks the upload up without asking whether
# it is there: KeyError, 500. Clients try a 500 again, with growing waits, so a test of a clean end waits for all of them
# and then reports a broken store. Listing the parts of the aborted upload is answered as 404 NoSuchUpload.
#
# Seen:
#   abort: 204
#   list of parts: 404 NoSuchUpload
#   part: 500
#   complete: 500
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "moto[server]==5.2.5" 2>/dev/null
cat >"$folder/look.py" <<'PYTHON'
import http.client
import re

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
server.start()
address = server.get_host_and_port()


def ask(method: str, path: str, body: bytes = b"") -> tuple[int, str]:
    connection = http.client.HTTPConnection(*address, timeout=30)
    connection.request(method, path, body)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


ask("PUT", "/bucket")
upload = re.search("<UploadId>(.*)</UploadId>", ask("POST", "/bucket/key?uploads")[1])[1]
assert ask("PUT", f"/bucket/key?partNumber=1&uploadId={upload}", b"one")[0] == 200
print("abort:", ask("DELETE", f"/bucket/key?uploadId={upload}")[0])
status, text = ask("GET", f"/bucket/key?uploadId={upload}")
print("list of parts:", status, *re.findall("<Code>(.*)</Code>", text))
print("part:", ask("PUT", f"/bucket/key?partNumber=2&uploadId={upload}", b"two")[0])
body = b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>"
print("complete:", ask("POST", f"/bucket/key?uploadId={upload}", body)[0])
server.stop()
PYTHON
seen=$("$folder/venv/bin/python" "$folder/look.py" 2>/dev/null | grep -v "Starting a new Thread")
echo "$seen"
[ "$seen" = "abort: 204
list of parts: 404 NoSuchUpload
part: 500
complete: 500" ]
