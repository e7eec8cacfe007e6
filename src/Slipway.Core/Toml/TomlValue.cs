using Slipway.Core.Failures;

namespace Slipway.Core.Toml;

/// <summary>A value of a TOML document. Equality is that of the content; places in a document do not count.</summary>
public abstract class TomlValue
{
    private protected TomlValue(FailureLocation? location) => Location = location ?? Unknown;

    /// <summary>Where the value begins; a location without a line when it was not read from a document.</summary>
    public FailureLocation Location { get; }

    /// <summary>The dotted path from the document's root, for messages: <c>packages[2].name</c>. Empty for the root.</summary>
    public string Path => Owner switch
    {
        TomlTable { Path: "" } => TomlKeys.Render(Key),
        TomlTable table => $"{table.Path}.{TomlKeys.Render(Key)}",
        TomlArray array => $"{array.Path}[{array.IndexOf(this)}]",
        _ => string.Empty,
    };

    /// <summary>What a person calls a value of this type, with its article.</summary>
    internal abstract string Kind { get; }

    /// <summary>The table or array that holds this value.</summary>
    internal TomlValue? Owner { get; private set; }

    private static FailureLocation Unknown { get; } = new("generated");

    private string Key { get; set; } = string.Empty;

    /// <summary>Remembers where the value was put, for messages.</summary>
    internal void PutInto(TomlValue owner, string key)
    {
        Owner = owner;
        Key = key;
    }
}
