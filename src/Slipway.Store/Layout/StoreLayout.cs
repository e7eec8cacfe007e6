using Slipway.Core.Identity;

namespace Slipway.Store.Layout;

/// <summary>
/// Where everything lies in a store: the only code that builds paths below <c>SLIPWAY_HOME</c>. The same layout
/// serves every host, so paths are POSIX text and nothing is touched here.
/// </summary>
/// <param name="Home">The store's directory: absolute, without a trailing slash.</param>
public sealed record StoreLayout(string Home)
{
    /// <summary>Name of the file whose arrival publishes a slot.</summary>
    public const string MetaName = "meta.json";

    /// <summary>Published environments and those being built.</summary>
    public string Environments => $"{Home}/envs";

    /// <summary>Build locks; their files are never removed.</summary>
    public string BuildLocks => $"{Home}/build-locks";

    /// <summary>Leases; their modification time is an environment's last use.</summary>
    public string Leases => $"{Home}/leases";

    /// <summary>What changes about an environment after its publication.</summary>
    public string States => $"{Home}/state";

    /// <summary>Links from projects, by a digest of the link's path.</summary>
    public string Roots => $"{Home}/roots";

    /// <summary>Resolved requests.</summary>
    public string Requests => $"{Home}/requests";

    /// <summary>The last request of each subject.</summary>
    public string Subjects => $"{Home}/subjects";

    /// <summary>Launch records of the fast path.</summary>
    public string Launches => $"{Home}/launches";

    /// <summary>Built and downloaded wheels, by the digest of what they were made from.</summary>
    public string Wheels => $"{Home}/wheels";

    /// <summary>Provisioner programs, by name and version.</summary>
    public string Tools => $"{Home}/tools";

    /// <summary>Pythons that uv installed, one directory each.</summary>
    public string Pythons => $"{Tools}/python";

    /// <summary>What can be had again: probe results and download caches.</summary>
    public string Cache => $"{Home}/cache";

    /// <summary>Copies of local sources, by the digest of what they hold: packed trees, and files that were brought from other machines.</summary>
    public string Sources => $"{Cache}/sources";

    /// <summary>The root prefix that conda's tools are given: their package cache, and never an environment.</summary>
    public string CondaRoot => $"{Cache}/micromamba";

    /// <summary>The exclusive lock around what writes to <see cref="CondaRoot"/>.</summary>
    public string CondaLock => $"{BuildLocks}/micromamba";

    /// <summary>The exclusive lock around changes of a project's declarations.</summary>
    /// <param name="directory">The project's absolute directory, links resolved.</param>
    public string ProjectLock(string directory) => $"{BuildLocks}/project-{Sha256Digest.Of(directory).Hex[..40]}";

    /// <summary>Trees on their way out.</summary>
    public string Trash => $"{Home}/trash";

    /// <summary>Logs of failed builds.</summary>
    public string Logs => $"{Home}/logs";

    /// <summary>Files of projects that were brought here from other machines.</summary>
    public string Workspaces => $"{Home}/workspaces";

    /// <summary>The bare git repositories and the records that go with workspaces.</summary>
    public string Repositories => $"{Home}/repos";

    /// <summary>Runs that were started in the background, one directory each.</summary>
    public string Runs => $"{Home}/runs";

    /// <summary>The directory of a run.</summary>
    public string Run(string id) => $"{Runs}/{id}";

    /// <summary>Outputs of workflow nodes, by what they were made from.</summary>
    public string NodeOutputs => $"{Cache}/nodes";

    /// <summary>Content of workflow runs, by its digest.</summary>
    public string Blobs => $"{Cache}/blobs";

    /// <summary>Weights of the models that come with the program, made when they are first needed.</summary>
    public string Models => $"{Cache}/models";

    /// <summary>Rows of datasets of a hub.</summary>
    public string Datasets => $"{Cache}/datasets";

    /// <summary>What training keeps by key, where that is on this machine.</summary>
    public string TrainingBlobs => $"{Home}/blobs";

    /// <summary>Workflows that the user trusts to run code: an empty file each, named by the digest of the file and its scripts.</summary>
    public string TrustedWorkflows => $"{Home}/trusted-workflows";

    /// <summary>Reservations of GPUs: a file each, locked while a job has it.</summary>
    public string Gpus => $"{Home}/gpu";

    /// <summary>All directories that lie directly in the store.</summary>
    public IReadOnlyList<string> Directories =>
        [Environments, BuildLocks, Leases, States, Roots, Requests, Subjects, Launches, Wheels, Tools, Cache, Trash, Logs, Runs, Workspaces, Repositories, Gpus];

    /// <summary>The directory of a slot.</summary>
    public string Slot(SlotName slot) => $"{Environments}/{slot}";

    /// <summary>The published tree of a slot.</summary>
    public string Root(SlotName slot) => $"{Slot(slot)}/root";

    /// <summary>The record whose presence means published.</summary>
    public string Meta(SlotName slot) => $"{Slot(slot)}/{MetaName}";

    /// <summary>The list of all files of the published tree.</summary>
    public string Inventory(SlotName slot) => $"{Slot(slot)}/inventory";

    /// <summary>Scratch space of a build, removed before publication.</summary>
    public string Work(SlotName slot) => $"{Slot(slot)}/work";

    /// <summary>The exclusive lock that a build of the slot holds.</summary>
    public string BuildLock(SlotName slot) => $"{BuildLocks}/{slot}";

    /// <summary>The exclusive lock around resolving a request.</summary>
    public string RequestLock(Sha256Digest request) => $"{BuildLocks}/request-{request.Hex}";

    /// <summary>The file that workloads of the slot hold a shared lock on.</summary>
    public string LeaseFile(SlotName slot) => $"{Leases}/{slot}";

    /// <summary>The last failure to build the slot, for those who waited for it.</summary>
    public string FailureRecord(SlotName slot) => $"{States}/{slot}.failure";

    /// <summary>What changes about the slot after its publication: who uses it, and each look at whether it still is what it was.</summary>
    public string State(SlotName slot) => $"{States}/{slot}.json";

    /// <summary>The exclusive lock around changes of <see cref="State"/>.</summary>
    public string StateLock(SlotName slot) => $"{BuildLocks}/{slot}.state";

    /// <summary>The user's corrections of declared dependencies: a record a line, only ever appended to.</summary>
    public string Overrides => $"{Home}/overrides.jsonl";

    /// <summary>The exclusive lock around appending to <see cref="Overrides"/>.</summary>
    public string OverridesLock => $"{BuildLocks}/overrides";

    /// <summary>The resolved request.</summary>
    public string Request(Sha256Digest request) => $"{Requests}/{request.Hex}.json";

    /// <summary>The last request of a subject.</summary>
    public string Subject(Sha256Digest subject) => $"{Subjects}/{subject.Hex}.json";

    /// <summary>The wheels made from one artifact.</summary>
    public string WheelsOf(Sha256Digest artifact) => $"{Wheels}/{artifact.Hex}";

    /// <summary>A provisioner program.</summary>
    public string Tool(string name, string version) => $"{Tools}/{name}/{version}";

    /// <summary>The files of a workspace.</summary>
    public string Workspace(string name) => $"{Workspaces}/{name}";

    /// <summary>The objects that a workspace's files come from.</summary>
    public string Repository(string name) => $"{Repositories}/{name}.git";

    /// <summary>Scripts that were brought alone, a directory each.</summary>
    public string LooseScripts => $"{Workspaces}/scripts";

    /// <summary>The file whose modification time is the last use of a workspace.</summary>
    public string WorkspaceUse(string name) => $"{WorkspaceState(name)}/used";

    /// <summary>What is known about a workspace: its lock, its marker, the list of its files.</summary>
    public string WorkspaceState(string name) => $"{Repositories}/{name}.state";
}
