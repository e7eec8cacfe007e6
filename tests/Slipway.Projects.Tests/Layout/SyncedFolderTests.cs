using Slipway.Projects.Layout;

namespace Slipway.Projects.Tests.Layout;

public sealed class SyncedFolderTests
{
    [Theory]
    [InlineData("/home/a/Dropbox", "Dropbox")]
    [InlineData("/home/a/Dropbox (Personal)/p", "Dropbox")]
    [InlineData("/home/a/OneDrive - Company/p", "OneDrive")]
    [InlineData("/home/a/Google Drive/p", "Google Drive")]
    [InlineData("/home/a/Library/Mobile Documents/x/p", "iCloud")]
    [InlineData("/home/a/Library/CloudStorage/OneDrive-x/p", "a cloud service")]
    [InlineData("/mnt/c/Users/a/OneDrive/p", "OneDrive")]
    [InlineData("/home/a/src/Dropbox", null)]
    [InlineData("/home/a/Dropbox-client", null)]
    [InlineData("/home/a/DropboxTool/p", null)]
    [InlineData("/home/ab/Dropbox", null)]
    [InlineData("/home/a", null)]
    [InlineData("/home/a/Documents/p", null)]
    public void Synchronised_folder_is_recognised(string directory, string? service) =>
        Assert.Equal(service, SyncedFolder.ServiceOf(directory, "/home/a", isMac: false));

    [Theory]
    [InlineData("/Users/a/Documents/p", "iCloud")]
    [InlineData("/Users/a/Desktop", "iCloud")]
    [InlineData("/Users/a/Documents2", null)]
    public void Mac_has_two_more(string directory, string? service) => Assert.Equal(service, SyncedFolder.ServiceOf(directory, "/Users/a", isMac: true));

    [Fact]
    public void Without_a_home_nothing_is_recognised() => Assert.Null(SyncedFolder.ServiceOf("/Dropbox", null, isMac: true));
}
