using System.Text.Json;

namespace Slipway.TinkerApi.Bodies;

/// <summary>Reads an input of a model: <c>{"chunks":[{"type":"encoded_text","tokens":[1,2]}]}</c>.</summary>
internal static class Prompts
{
    internal static IReadOnlyList<long> Read(Fields owner, string name)
    {
        var input = owner.Object(name);
        var chunks = input.List("chunks");
        input.End();
        if (chunks.Count == 0)
        {
            owner.Problems.Add($"{input.At("chunks")} is empty");
        }

        var tokens = new List<long>();
        foreach (var (index, chunk) in chunks.Index())
        {
            ReadChunk(new Fields(chunk, input.At($"chunks[{index}]"), owner.Problems), index, tokens);
        }

        return tokens;
    }

    private static void ReadChunk(Fields chunk, int index, List<long> tokens)
    {
        switch (chunk.Text("type"))
        {
            case "encoded_text":
                var list = chunk.List("tokens");
                chunk.End();
                if (list.Count == 0)
                {
                    chunk.Problems.Add(new Refusal(400, $"Chunk {index} has empty tokens list"));
                }

                ReadTokens(chunk, list, tokens);
                break;
            case "image" or "image_asset_pointer":
                chunk.Problems.Add(new Refusal(400, $"{chunk.At("type")} is an image, which no model here takes"));
                break;
            default:
                chunk.Problems.Add($"{chunk.At("type")} is not known");
                break;
        }
    }

    private static void ReadTokens(Fields chunk, IReadOnlyList<JsonElement> list, List<long> tokens)
    {
        foreach (var item in list)
        {
            if (item.ValueKind is not JsonValueKind.Number || !item.TryGetInt64(out var token) || token < 0)
            {
                chunk.Problems.Add($"{chunk.At("tokens")} has {item.GetRawText()}, which is no token");
                return;
            }

            tokens.Add(token);
        }
    }
}
