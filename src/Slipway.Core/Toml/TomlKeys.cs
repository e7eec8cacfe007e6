using System.Buffers;

namespace Slipway.Core.Toml;

/// <summary>The writing of keys.</summary>
internal static class TomlKeys
{
    private static readonly SearchValues<char> BareCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    public static bool IsBareCharacter(char character) => BareCharacters.Contains(character);

    /// <summary>The key, in quotes where it needs them.</summary>
    public static string Render(string key) =>
        key.Length > 0 && !key.AsSpan().ContainsAnyExcept(BareCharacters) ? key : TomlText.String(key);
}
