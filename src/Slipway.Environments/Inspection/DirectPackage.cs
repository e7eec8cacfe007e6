namespace Slipway.Environments.Inspection;

/// <summary>A package that the request named by URL.</summary>
/// <param name="Name">The package.</param>
/// <param name="Url">The URL, without credentials.</param>
public sealed record DirectPackage(string Name, string Url);
