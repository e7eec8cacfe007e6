"""Runs Tinker's own SDK against a server: `python python/checks/tinker_sdk.py URL KEY MODEL` where the package tinker is.

The SDK must be one that sends JSON (before 0.22.3); newer ones send protobuf. Prints a line for each thing that holds, and ends with 1
at the first that does not. Where the SDK is missing or too new it says so, and ends with 0. Nothing of it goes anywhere else: the
SDK's telemetry is off.
"""
import os
import sys

os.environ["TINKER_TELEMETRY"] = "0"


def unfit():
    """Why the SDK cannot be used here."""
    try:
        import tinker
        import tinker.resources.training as training
    except ImportError as error:
        return "the package tinker cannot be imported: %s" % error
    return "tinker %s sends protobuf" % tinker.__version__ if hasattr(training, "_PROTO_CONTENT_TYPE") else None


def told(holds, what):
    print(("ok   " if holds else "FAIL ") + what, flush=True)
    if not holds:
        sys.exit(1)


def datum(tokens):
    from tinker import types

    numbers = lambda data, dtype: types.TensorData(data=data, dtype=dtype, shape=[len(data)])
    inputs = {"target_tokens": numbers(tokens[1:], "int64"), "weights": numbers([1.0] * (len(tokens) - 1), "float32")}
    return types.Datum(model_input=types.ModelInput.from_ints(tokens[:-1]), loss_fn_inputs=inputs)


def train(service, model):
    from tinker import types

    client = service.create_lora_training_client(base_model=model, rank=4, seed=0)
    told(client.get_info().model_data.model_name == model, "a model is made, and tells of its base")
    data, losses = [datum([10, 20, 30, 40, 50]), datum([1, 2, 3])], []
    for _ in range(4):
        passed = client.forward_backward(data, "cross_entropy")
        stepped = client.optim_step(types.AdamParams(learning_rate=1e-2, eps=1e-8))
        losses.append(passed.result().metrics["loss:sum"])
        told(stepped.result().metrics["step"] == len(losses), "step %d, loss %.4f" % (len(losses), losses[-1]))
    told(losses[-1] < losses[0], "the loss falls")
    outputs = client.forward(data, "cross_entropy").result().loss_fn_outputs
    told([len(output["logprobs"].data) for output in outputs] == [4, 2], "a pass has a log-probability for each token")
    return client


def sample(client, service, model):
    from tinker import types

    prompt, params = types.ModelInput.from_ints([10, 20, 30]), types.SamplingParams(max_tokens=4, seed=7, temperature=1.0)
    sampler = client.save_weights_and_get_sampling_client()
    drawn = sampler.sample(prompt, num_samples=2, sampling_params=params).result()
    told(len(drawn.sequences) == 2 and all(len(one.tokens) == len(one.logprobs) <= 4 for one in drawn.sequences), "two continuations are drawn")
    told(drawn.sequences == sampler.sample(prompt, num_samples=2, sampling_params=params).result().sequences, "a seed gives the same again")
    logprobs = sampler.compute_logprobs(prompt).result()
    told(logprobs[0] is None and all(value < 0 for value in logprobs[1:]), "a prompt has log-probabilities, and its first token none")
    path = client.save_weights_for_sampler("named").result().path
    named = service.create_sampling_client(model_path=path)
    told(named.sample(prompt, num_samples=2, sampling_params=params).result().sequences == drawn.sequences, "weights with a name draw the same")
    told(bool(service.create_sampling_client(base_model=model).sample(prompt, num_samples=1, sampling_params=params).result().sequences), "a base draws")


def resume(client, service, model):
    path = client.save_state("state").result().path
    other = service.create_lora_training_client(base_model=model, rank=4, seed=1)
    other.load_state_with_optimizer(path).result()
    data = [datum([10, 20, 30, 40, 50])]
    same = [one.forward(data, "cross_entropy").result().loss_fn_outputs[0]["logprobs"].data for one in (client, other)]
    told(list(same[0]) == list(same[1]), "a model that was loaded is the one that was saved")


def main(url, key, model):
    if unfit():
        print("skipped: " + unfit())
        return
    import tinker

    service = tinker.ServiceClient(base_url=url, api_key=key)
    told(model in [one.model_name for one in service.get_server_capabilities().supported_models], "tinker %s: the server has %s" % (tinker.__version__, model))
    client = train(service, model)
    sample(client, service, model)
    resume(client, service, model)
    print("all of it holds", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
