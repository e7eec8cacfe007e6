namespace Slipway.Crash.Driver;

/// <summary>The driver's arguments.</summary>
internal sealed record Options(string Verb, string Store, int Slot, IReadOnlyDictionary<string, string> Named)
{
    public static Options Parse(string[] arguments)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 3; i + 1 < arguments.Length; i += 2)
        {
            named.Add(arguments[i], arguments[i + 1]);
        }

        return new Options(arguments[0], arguments[1], int.Parse(arguments[2]), named);
    }

    public string? Text(string name) => Named.GetValueOrDefault(name);

    public int Number(string name, int otherwise) => Named.TryGetValue(name, out var text) ? int.Parse(text) : otherwise;
}
