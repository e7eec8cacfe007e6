namespace Slipway.Core.Versions;

/// <summary>The comparison operators of PEP 440.</summary>
public enum VersionOperator
{
    /// <summary><c>~=</c>: at least this, within the release series that it names.</summary>
    Compatible,

    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;=</c></summary>
    AtMost,

    /// <summary><c>&gt;=</c></summary>
    AtLeast,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>===</c>: equal as text.</summary>
    Arbitrary,
}
