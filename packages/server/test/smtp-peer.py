# A mail server of another make, for tests: takes what it is sent and says so on standard output, one JSON object a line. An
# address that begins with "refused" does not exist; one that begins with "later" is deferred the first time. With a third argument, a
# directory, mail is put into the Maildir of each recipient who has one there: DIRECTORY/LOCAL-PART/Maildir.
import json
import os
import sys
import threading
import uuid
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Handler:
    def __init__(self):
        self.deferred = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later") and address not in self.deferred:
            self.deferred.add(address)
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def deliver(self, recipient, content):
        maildir = os.path.join(sys.argv[3], os.path.basename(recipient.split("@")[0]), "Maildir")
        if not os.path.isdir(maildir):
            return
        name = uuid.uuid4().hex
        temporary = os.path.join(maildir, "tmp", name)
        with open(temporary, "wb") as file:
            file.write(content)
        owner = os.stat(maildir)
        os.chown(temporary, owner.st_uid, owner.st_gid)
        os.rename(temporary, os.path.join(maildir, "new", name))

    async def handle_DATA(self, server, session, envelope):
        if len(sys.argv) > 3:
            for recipient in envelope.rcpt_tos:
                self.deliver(recipient, envelope.content)
        message = message_from_bytes(envelope.content, policy=policy.default)
        parts = {"text/plain": "", "text/html": "", "image/png": ""}
        for part in message.walk():
            kind = part.get_content_type()
            if kind in ("text/plain", "text/html"):
                parts[kind] = part.get_content()
            elif kind == "image/png":
                parts[kind] = part.get_content().hex()
        print(json.dumps({
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "headers": {name.lower(): value for name, value in message.items()},
            "text": parts["text/plain"],
            "html": parts["text/html"],
            "png": parts["image/png"],
        }), flush=True)
        return "250 OK"


controller = Controller(Handler(), hostname=sys.argv[1], port=int(sys.argv[2]))
controller.start()
print(json.dumps({"listening": True}), flush=True)
threading.Event().wait()
