namespace Slipway.TestKit;

/// <summary>A file that an index or a folder can offer: a wheel or a source distribution.</summary>
public interface IPackageFile
{
    /// <summary>The project name as it was given.</summary>
    string Name { get; }

    /// <summary>The version as it was given.</summary>
    string Version { get; }

    /// <summary>The file name with its extension.</summary>
    string FileName { get; }

    /// <summary>The Requires-Python specifier, or null.</summary>
    string? PythonRequirement { get; }

    /// <summary>The core metadata; null when an index cannot offer it apart from the file (PEP 658).</summary>
    string? Metadata { get; }

    /// <summary>The bytes of the file; the same builder gives the same bytes, always and everywhere.</summary>
    byte[] Build();
}
