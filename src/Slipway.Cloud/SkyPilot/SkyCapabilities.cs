namespace Slipway.Cloud.SkyPilot;

/// <summary>What a server can do, by the number of its API. The floors are those of SkyPilot's own client at API 55.</summary>
/// <param name="Api">The server's API number.</param>
public sealed record SkyCapabilities(int Api)
{
    /// <summary>The oldest API that is spoken.</summary>
    public const int Floor = 24;

    /// <summary>The API that was tried.</summary>
    public const int Tested = 55;

    /// <summary>Whether <c>/api/status</c> filters by cluster name.</summary>
    public bool FiltersRequestsByCluster => Api >= 38;

    /// <summary>Whether uploads are kept under the digest of their content.</summary>
    public bool HasContentUploads => Api >= 41;

    /// <summary>Whether a task can be kept from renting more by itself.</summary>
    public bool HasServerAccessSwitch => Api >= 42;

    /// <summary>Whether the server enforces a price cap for one node.</summary>
    public bool HasHourlyCap => Api >= 44;

    /// <summary>Whether the server is newer than what was tried.</summary>
    public bool IsUntested => Api > Tested;
}
