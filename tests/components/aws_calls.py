"""Makes calls to AWS of JSON lines: checks each against AWS's own model of the operation, and sends it to moto's server.

A line in is {"service", "operation", "parameters", "send": bool} or {"reset": true}; a line out is {"invalid": [text]}
for what the model refuses, {"refused": text} for what the server refuses, or {"answer": object}.
"""

import json
import logging
import sys
import urllib.request

import boto3
import regex
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from moto.server import ThreadedMotoServer


def beyond(value, shape, at):
    """What botocore knows of a shape and does not check itself: enumerations, patterns, and what is too much."""
    limits = shape.metadata
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name in value:
                yield from beyond(value[name], member, f"{at}.{name}")
        return
    if shape.type_name == "list":
        for index, item in enumerate(value):
            yield from beyond(item, shape.member, f"{at}[{index}]")
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from beyond(key, shape.key, f"{at} (key {key})")
            yield from beyond(item, shape.value, f"{at}.{key}")
    elif shape.type_name == "string":
        if shape.enum and value not in shape.enum:
            yield f"{at}: {value!r} is none of {', '.join(shape.enum)}"
        pattern = limits.get("pattern")
        if pattern is not None and not regex.fullmatch(pattern, value):
            yield f"{at}: {value!r} does not match {pattern}"
    measured = value if shape.type_name in ("integer", "long", "float", "double") else None
    if measured is None and hasattr(value, "__len__"):
        measured = len(value)
    if "max" in limits and measured is not None and measured > limits["max"]:
        yield f"{at}: {measured} is more than {limits['max']}"


class Caller:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = boto3.client(
                service,
                region_name="us-east-1",
                endpoint_url=self.endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                # What is invalid is told here, with all its faults.
                config=Config(
                    parameter_validation=False,
                    retries={"total_max_attempts": 1},
                    s3={"addressing_style": "path"},
                ),
            )
        return self.clients[service]

    def call(self, service, operation, parameters, send):
        client = self.client(service)
        shape = client.meta.service_model.operation_model(operation).input_shape
        report = ParamValidator().validate(parameters, shape)
        faults = report.generate_report().splitlines() if report.has_errors() else list(beyond(parameters, shape, "input"))
        if faults:
            return {"invalid": faults}
        if not send:
            return {"answer": {}}
        try:
            answer = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            return {"refused": str(error)}
        answer.pop("ResponseMetadata", None)
        return {"answer": answer}

    def reset(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        return {"answer": {}}


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    caller = Caller(f"http://{host}:{port}")
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            answer = caller.reset() if asked.get("reset") else caller.call(**asked)
            print(json.dumps(answer, default=str), flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
