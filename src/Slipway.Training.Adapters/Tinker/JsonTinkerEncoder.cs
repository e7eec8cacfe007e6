using System.Collections.Immutable;
using System.Text.Json;
using Slipway.Core.Failures;
using Slipway.Training.Data;

namespace Slipway.Training.Adapters.Tinker;

/// <summary>Examples and prompts as JSON. Floating numbers are written with as many digits as bring the same 32 bits back.</summary>
internal sealed class JsonTinkerEncoder : ITinkerEncoder
{
    public string ContentType => "application/json";

    public byte[] Example(Datum datum) => JsonBody.Of(json =>
    {
        Input(json, "model_input", datum.Input);
        json.WriteStartObject("loss_fn_inputs");
        foreach (var (name, tensor) in datum.LossInputs)
        {
            Tensor(json, name, tensor);
        }

        json.WriteEndObject();
    });

    public byte[] Pass(string model, long sequence, ImmutableArray<byte[]> examples, LossFunction loss, bool backward) => JsonBody.Of(json =>
    {
        json.WriteString("model_id", model);
        json.WriteNumber("seq_id", sequence);
        json.WriteStartObject(backward ? "forward_backward_input" : "forward_input");
        json.WriteString("loss_fn", loss.Name);
        json.WriteStartArray("data");
        foreach (var example in examples)
        {
            json.WriteRawValue(example, skipInputValidation: true);
        }

        json.WriteEndArray();
        if (!loss.Settings.IsEmpty)
        {
            json.WriteStartObject("loss_fn_config");
            foreach (var (name, value) in loss.Settings)
            {
                json.WriteNumber(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    public byte[] Sample(string session, long sequence, SamplePrompt prompt, SampleRequest request) => JsonBody.Of(json =>
    {
        json.WriteString("sampling_session_id", session);
        json.WriteNumber("seq_id", sequence);
        json.WriteNumber("num_samples", request.Samples);
        Input(json, "prompt", prompt.Input.WithoutEmpty());
        Parameters(json, prompt.Seed, request.Parameters);
        json.WriteBoolean("prompt_logprobs", request.PromptLogprobs);
        json.WriteNumber("topk_prompt_logprobs", request.TopPromptLogprobs);
        json.WriteString("type", "sample");
    });

    public Result<ForwardOutput> ReadPass(byte[] body, ImmutableArray<Datum> data) => JsonRead.From(
        body,
        "a pass",
        static root => new ForwardOutput([.. root.GetProperty("loss_fn_outputs").EnumerateArray().Select(static output => Floats(output.GetProperty("logprobs")))], JsonRead.Metrics(root)))
        .Then<ForwardOutput>(output => Fits(output, data) ? output : new Failure(
            TrainingFailures.UnfitAnswer, $"{data.Length} examples were sent, and the log-probabilities that came back are not those of their targets."));

    public Result<SampleOutput> ReadSample(byte[] body, SampleRequest request) => JsonRead.From(
        body,
        "asample",
        static root => new SampleOutput(
            [.. root.GetProperty("sequences").EnumerateArray().Select(Sequence)],
            JsonRead.Field(root, "prompt_logprobs") is { } logprobs ? [.. logprobs.EnumerateArray().Select(JsonRead.Float)] : [],
            JsonRead.Field(root, "topk_prompt_logprobs") is { } top ? [.. top.EnumerateArray().Select(Likeliest)] : []))
        .Then<SampleOutput>(output => output.Sequences.Length == request.Samples && output.Sequences.All(static sequence => sequence.Tokens.Length == sequence.Logprobs.Length)
            ? output
            : new Failure(TrainingFailures.UnfitAnswer, $"{request.Samples} samples were asked for, and what came back is not so many, each with a log-probability a token."));

    private static bool Fits(ForwardOutput output, ImmutableArray<Datum> data) =>
        output.Logprobs.Length == data.Length && data.Zip(output.Logprobs).All(static pair => pair.First.LossInputs[LossInput.TargetTokens].Count == pair.Second.Count);

    private static void Input(Utf8JsonWriter json, string name, ModelInput input)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("chunks");
        foreach (var chunk in input.Chunks)
        {
            json.WriteStartObject();
            Piece(json, chunk);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Piece(Utf8JsonWriter json, Chunk chunk)
    {
        switch (chunk)
        {
            case TextChunk text:
                json.WriteString("type", "encoded_text");
                Numbers(json, "tokens", text.Tokens);
                break;
            case ImageChunk image:
                json.WriteString("type", "image");
                json.WriteBase64String("data", image.Data.Span);
                json.WriteString("format", image.Format);
                json.WriteNumber("expected_tokens", image.ExpectedTokens);
                break;
            case ImagePointerChunk pointer:
                json.WriteString("type", "image_asset_pointer");
                json.WriteString("location", pointer.Location);
                json.WriteString("format", pointer.Format);
                json.WriteNumber("expected_tokens", pointer.ExpectedTokens);
                break;
        }
    }

    private static void Tensor(Utf8JsonWriter json, string name, TensorData tensor)
    {
        json.WriteStartObject(name);
        json.WriteStartArray("data");
        foreach (var number in tensor is LongTensor whole ? whole.Values : [])
        {
            json.WriteNumberValue(number);
        }

        foreach (var number in tensor is FloatTensor floating ? floating.Values : [])
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
        json.WriteString("dtype", tensor is LongTensor ? "int64" : "float32");
        Numbers(json, "shape", tensor.Shape);
        json.WriteEndObject();
    }

    private static void Parameters(Utf8JsonWriter json, long? seed, SamplingParameters parameters)
    {
        json.WriteStartObject("sampling_params");
        json.WriteNumber("max_tokens", parameters.MaxTokens);
        if (seed is { } number)
        {
            json.WriteNumber("seed", number);
        }

        if (!parameters.StopTexts.IsEmpty)
        {
            json.WriteStartArray("stop");
            foreach (var text in parameters.StopTexts)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }
        else if (!parameters.StopTokens.IsEmpty)
        {
            Numbers(json, "stop", parameters.StopTokens);
        }

        json.WriteNumber("temperature", parameters.Temperature);
        json.WriteNumber("top_k", parameters.TopK);
        json.WriteNumber("top_p", parameters.TopP);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, ImmutableArray<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static FloatTensor Floats(JsonElement tensor)
    {
        ImmutableArray<float> values = [.. tensor.GetProperty("data").EnumerateArray().Select(JsonRead.Float)];
        return JsonRead.Field(tensor, "shape") is { } shape ? new FloatTensor(values, [.. shape.EnumerateArray().Select(static size => size.GetInt32())]) : TensorData.Of(values);
    }

    private static SampledSequence Sequence(JsonElement sequence)
    {
        ImmutableArray<int> tokens = [.. sequence.GetProperty("tokens").EnumerateArray().Select(static token => token.GetInt32())];
        ImmutableArray<float> logprobs = JsonRead.Field(sequence, "logprobs") is { } told
            ? [.. told.EnumerateArray().Select(JsonRead.Float)]
            : [.. Enumerable.Repeat(float.NaN, tokens.Length)];
        return new SampledSequence(JsonRead.Text(sequence, "stop_reason") switch
        {
            "stop" => StopReason.Stop,
            "length" => StopReason.Length,
            _ => throw new FormatException("there is a stop_reason that is neither stop nor length."),
        }, tokens, logprobs);
    }

    // Pairs of a token and its log-probability; null where there is nothing before the token.
    private static ImmutableArray<TokenLogprob> Likeliest(JsonElement position) => position.ValueKind == JsonValueKind.Null
        ? []
        : [.. position.EnumerateArray().Select(static pair => new TokenLogprob(pair[0].GetInt32(), JsonRead.Float(pair[1])))];
}
