using Slipway.Core.Failures;

namespace Slipway.Environments;

/// <summary>The coded failures of resolving and building environments.</summary>
public static class EnvironmentFailures
{
    /// <summary>No interpreter satisfies the request.</summary>
    public static readonly FailureCode NoInterpreter = new(
        "ENV0101",
        ExitCode.NotFound,
        "No Python interpreter satisfies the request.",
        "Install such a Python, or name one with --python PATH.");

    /// <summary>The named interpreter cannot be run, or is no Python.</summary>
    public static readonly FailureCode UnusableInterpreter = new(
        "ENV0102", ExitCode.Unavailable, "The Python interpreter cannot be used.", "Name another one with --python.");

    /// <summary>The text that should name an interpreter does not.</summary>
    public static readonly FailureCode MalformedInterpreterRequest = new(
        "ENV0103",
        ExitCode.Usage,
        "The request for an interpreter is malformed.",
        "Give a version (3.12), a range ('>=3.10'), a command (python3.12) or an absolute path.");

    /// <summary>The named interpreter is outside the range that the workload declares.</summary>
    public static readonly FailureCode InterpreterOutOfRange = new(
        "ENV0104",
        ExitCode.BadData,
        "The named interpreter is outside the declared range.",
        "Name another interpreter, or change requires-python.");

    /// <summary>A source is malformed or refused.</summary>
    public static readonly FailureCode SourceRefused = new(
        "ENV0105", ExitCode.Usage, "A package source is refused.", "Give an https:// or http:// URL without credentials, or an existing directory.");

    /// <summary>The request asks for something that its backend cannot do.</summary>
    public static readonly FailureCode UnsupportedRequest = new(
        "ENV0106", ExitCode.Usage, "The backend cannot serve the request.", "Leave out what the message names.");

    /// <summary>Two indexes cannot be told apart.</summary>
    public static readonly FailureCode IndexTwice = new(
        "ENV0107", ExitCode.Usage, "Two indexes have the same name or URL.", "Name each index once.");

    /// <summary>A requirement cannot be satisfied by any source.</summary>
    public static readonly FailureCode Unsatisfiable = new(
        "ENV0201", ExitCode.BadData, "A requirement cannot be satisfied.", "Check the name and the version against the index.");

    /// <summary>Requirements contradict each other.</summary>
    public static readonly FailureCode Conflict = new(
        "ENV0202", ExitCode.BadData, "The requirements contradict each other.", "Loosen one of the named requirements.");

    /// <summary>An index refused the credentials, or wants some.</summary>
    public static readonly FailureCode IndexUnauthorized = new(
        "ENV0203",
        ExitCode.Unavailable,
        "The index wants credentials.",
        "Name the index and set SLIPWAY_INDEX_<NAME>_USERNAME and SLIPWAY_INDEX_<NAME>_PASSWORD, or add its host to ~/.netrc.");

    /// <summary>An index does not answer, or answers with errors.</summary>
    public static readonly FailureCode IndexUnavailable = new(
        "ENV0204", ExitCode.Unavailable, "The index does not answer.", "Check the index's URL and the network, then try again.");

    /// <summary>An artifact is not what its hash says.</summary>
    public static readonly FailureCode HashMismatch = new(
        "ENV0205",
        ExitCode.BadData,
        "An artifact does not match its hash.",
        "Do not install it: find out why the file changed. With --refresh the request is resolved again.");

    /// <summary>An artifact is for another platform or Python.</summary>
    public static readonly FailureCode WrongPlatform = new(
        "ENV0206", ExitCode.BadData, "An artifact does not fit this platform.", "Choose a version with files for this platform and Python.");

    /// <summary>A source distribution does not build.</summary>
    public static readonly FailureCode BuildFailed = new(
        "ENV0207", ExitCode.BadData, "A source distribution does not build.", "Read the build's own words in the log.");

    /// <summary>pip failed in a way without a better name.</summary>
    public static readonly FailureCode PipFailed = new(
        "ENV0208", ExitCode.Unavailable, "pip failed.", "Read pip's own words in the log.");

    /// <summary>No usable pip is on the host.</summary>
    public static readonly FailureCode NoPip = new(
        "ENV0209",
        ExitCode.Unavailable,
        "No pip of version 23.0 or newer is on the host.",
        "Install python3-venv (Debian, Ubuntu) or a Python with ensurepip.");

    /// <summary>The interpreter lacks the venv module.</summary>
    public static readonly FailureCode NoVenv = new(
        "ENV0210", ExitCode.Unavailable, "The interpreter has no venv module.", "Install python3-venv (Debian, Ubuntu).");

    /// <summary>Offline, and something would have to be fetched.</summary>
    public static readonly FailureCode Offline = new(
        "ENV0211", ExitCode.Unavailable, "Something is missing and the network may not be used.", "Run once without --offline.");

    /// <summary>The virtual environment could not be created.</summary>
    public static readonly FailureCode VenvFailed = new(
        "ENV0212", ExitCode.Unavailable, "The virtual environment could not be created.", "Read Python's own words.");

    /// <summary>The built environment is not what was locked.</summary>
    public static readonly FailureCode NotAsLocked = new(
        "ENV0213", ExitCode.Defect, "The built environment is not what was locked.", "Report this with the log.");

    /// <summary>A kind of source that this provisioner does not install.</summary>
    public static readonly FailureCode UnsupportedSource = new(
        "ENV0214", ExitCode.BadData, "This kind of source cannot be installed yet.", "Use a name and version from an index, or a URL of a wheel or sdist.");

    /// <summary>An unknown provisioner was asked for.</summary>
    public static readonly FailureCode UnknownProvisioner = new(
        "ENV0215", ExitCode.Usage, "The backend is unknown.", "`slipway doctor` lists the backends.");

    /// <summary>A provisioner's output could not be understood.</summary>
    public static readonly FailureCode UnreadableReport = new(
        "ENV0216", ExitCode.Unavailable, "pip's report could not be read.", "Report this with pip's version.");

    /// <summary>An artifact is damaged, or would write outside the environment.</summary>
    public static readonly FailureCode InvalidArtifact = new(
        "ENV0217", ExitCode.BadData, "An artifact is damaged or hostile.", "Do not install it: ask its publisher, or choose another version.");

    /// <summary>Hashes are demanded for some requirements, and missing for others.</summary>
    public static readonly FailureCode HashesIncomplete = new(
        "ENV0218",
        ExitCode.BadData,
        "Some requirements have hashes and others have none.",
        "Pin every package with == and give its hashes, those that others need too; or give no hashes at all.");

    /// <summary>A time limit is asked for, and a source does not say when its files were uploaded.</summary>
    public static readonly FailureCode UploadTimesMissing = new(
        "ENV0219",
        ExitCode.BadData,
        "A source does not say when its files were uploaded.",
        "Use an index that gives upload times (PEP 700), or leave exclude-newer out.");

    /// <summary>A file with credentials can be read by other users.</summary>
    public static readonly FailureCode CredentialsUnsafe = new(
        "ENV0220", ExitCode.Refused, "Other users can read a file with credentials.", "Close the file to other users with chmod 600.");

    /// <summary>A local source changed while it was being read.</summary>
    public static readonly FailureCode SourceChanging = new(
        "ENV0221", ExitCode.Busy, "A local source changes while it is being read.", "Wait until nothing writes to it, then try again.");

    /// <summary>A local source is not there, or is no Python project.</summary>
    public static readonly FailureCode LocalSourceUnusable = new(
        "ENV0222", ExitCode.BadData, "A local source cannot be used.", "Name a wheel, a source archive, or a directory with a pyproject.toml or setup.py.");

    /// <summary>A repository cannot be reached, or lacks what was asked for.</summary>
    public static readonly FailureCode RepositoryUnavailable = new(
        "ENV0223", ExitCode.Unavailable, "A repository cannot be read.", "Check its URL, the branch, tag or commit, and your access to it.");

    /// <summary>The interpreter, taken as it stands, lacks a package.</summary>
    public static readonly FailureCode NotInstalled = new(
        "ENV0224",
        ExitCode.BadData,
        "The interpreter lacks packages that are asked for.",
        "Name another interpreter with --python, or let Slipway install what is missing: --backend pip with --system-site-packages.");

    /// <summary>Packages outside the store that an environment sees are not the ones that it was made for.</summary>
    public static readonly FailureCode SiteChanged = new(
        "ENV0228",
        ExitCode.ChecksFailed,
        "Packages of the system that an environment sees were changed.",
        "Run the workload once with --refresh: it gets an environment for the packages as they are now. The old one goes with `slipway store gc`.");

    /// <summary>A lock is for another platform or Python.</summary>
    public static readonly FailureCode ForeignLock = new(
        "ENV0225", ExitCode.BadData, "The lock is for another platform or Python.", "Make a lock for this one, or run without --locked: its versions are constraints then.");

    /// <summary>A lock does not cover what is asked for.</summary>
    public static readonly FailureCode StaleLock = new(
        "ENV0226", ExitCode.BadData, "The lock does not cover what is asked for.", "Make the lock anew, or run without --locked: its versions are constraints then.");

    /// <summary>A lock leaves open which of several versions is meant.</summary>
    public static readonly FailureCode AmbiguousLock = new(
        "ENV0227", ExitCode.BadData, "The lock leaves open which version is meant.", "Make the lock anew: at most one entry of a package may hold for an environment.");

    /// <summary>micromamba failed in a way without a better name.</summary>
    public static readonly FailureCode MicromambaFailed = new(
        "ENV0403", ExitCode.Unavailable, "micromamba failed.", "Read micromamba's own words in the log.");

    /// <summary>The channels cannot satisfy what is asked of conda.</summary>
    public static readonly FailureCode CondaUnsatisfiable = new(
        "ENV0404", ExitCode.BadData, "The conda dependencies cannot be satisfied together.", "Check names and versions against the channels, and that the channels are the right ones.");

    /// <summary>A lock with conda packages is for another platform.</summary>
    public static readonly FailureCode CondaLockForeign = new(
        "ENV0405", ExitCode.BadData, "The conda lock is not for this platform.", "Make a lock for this platform: conda packages of one platform cannot bound those of another.");

    /// <summary>conda has no packages for the host's platform.</summary>
    public static readonly FailureCode CondaPlatformUnknown = new(
        "ENV0406", ExitCode.Unavailable, "There are no conda packages for this platform.", "Use the backend pip, or another host.");

    /// <summary>The activation scripts of a conda environment fail.</summary>
    public static readonly FailureCode ActivationFailed = new(
        "ENV0408", ExitCode.BadData, "The conda environment was made, but cannot be used.", "Read the words of its scripts in the log.");

    /// <summary>pip would replace a package that conda installed.</summary>
    public static readonly FailureCode CondaPackageKept = new(
        "ENV0430",
        ExitCode.BadData,
        "A package of pip would replace one that conda installed.",
        "Ask conda for the version that is needed, or take the package out of conda's dependencies and leave it to pip.");

    /// <summary>Packages of pip are asked for where conda installs no Python.</summary>
    public static readonly FailureCode CondaWithoutPython = new(
        "ENV0431", ExitCode.BadData, "Packages of pip are asked for in a conda environment without Python.", "Add python to conda's dependencies.");

    /// <summary>The environment vanished again and again.</summary>
    public static readonly FailureCode KeepsVanishing = new(
        "ENV0301", ExitCode.Busy, "The environment was removed each time it was about to be used.", "Find what removes it; then try again.");

    /// <summary>A backend's tool is not on the host, or is too old.</summary>
    public static readonly FailureCode ToolMissing = new(
        "ENV0421", ExitCode.Unavailable, "A backend's tool is missing or too old.", "Install it with `slipway host bootstrap TOOL`, or choose another backend.");

    /// <summary>uv failed in a way without a better name.</summary>
    public static readonly FailureCode UvFailed = new(
        "ENV0422", ExitCode.Unavailable, "uv failed.", "Read uv's own words in the log; --backend pip does without uv.");

    /// <summary>There is no such tool, or none for this platform, that Slipway could install.</summary>
    public static readonly FailureCode ToolUnknown = new(
        "ENV0423", ExitCode.Usage, "Slipway cannot install such a tool here.", "Install it by other means: a tool on PATH that is new enough is used.");

    /// <summary>The file of a tool is not the one that was expected.</summary>
    public static readonly FailureCode ToolMismatch = new(
        "ENV0424",
        ExitCode.BadData,
        "A tool's file does not have its checksum.",
        "Do not use the file: find out why it differs. A file that you trust is installed with --from FILE --sha256 HEX.");

    /// <summary>A tool cannot be downloaded.</summary>
    public static readonly FailureCode ToolUnreachable = new(
        "ENV0425", ExitCode.Unavailable, "A tool cannot be downloaded.", "Check the network and the proxy's variables, or bring the file: `slipway host bootstrap TOOL --from FILE`.");

    /// <summary>A tool's file holds no program that works here.</summary>
    public static readonly FailureCode ToolUnusable = new(
        "ENV0426", ExitCode.BadData, "A tool's file holds no program that works here.", "Bring another file with --from FILE --sha256 HEX.");

    /// <summary>conda-lock failed.</summary>
    public static readonly FailureCode CondaLockFailed = new(
        "ENV0450", ExitCode.Unavailable, "conda-lock failed.", "Read conda-lock's own words; the lock is as it was.");

    /// <summary>conda-lock is needed and is not there, or is too old.</summary>
    public static readonly FailureCode CondaLockMissing = new(
        "ENV0451",
        ExitCode.Unavailable,
        "conda-lock is missing or too old.",
        "Install it with `pipx install conda-lock`; or remove conda-lock.yml, and `slipway lock` writes pylock.toml for this platform with micromamba alone.");

    /// <summary>A version manager could not install a Python.</summary>
    public static readonly FailureCode PythonNotInstalled = new(
        "ENV0427", ExitCode.Unavailable, "A Python could not be installed.", "Read the version manager's own words; it may need a newer list of versions, or a compiler.");

    /// <summary>What the build of an editable project reads is not what its environment is made for.</summary>
    public static readonly FailureCode ProjectChanged = new(
        "ENV0440",
        ExitCode.Busy,
        "What the build of an editable project reads is not what its environment is made for.",
        "Try again: what lies there now gets an environment of its own (`slipway sync`).");

    /// <summary>A project cannot be installed editable by its build backend.</summary>
    public static readonly FailureCode NotEditable = new(
        "ENV0441",
        ExitCode.BadData,
        "The build backend of a project cannot install it editable.",
        "Name a backend with PEP 660 in [build-system], such as setuptools 64 or newer, hatchling or flit_core; or write project = \"path\".");

    /// <summary>The history of overrides holds a line that is not ours.</summary>
    public static readonly FailureCode OverridesUnreadable = new(
        "ENV0501", ExitCode.BadData, "The file of overrides cannot be read.", "Take the named line out of the file, or use the Slipway that wrote it.");

    /// <summary>The history of overrides cannot be written.</summary>
    public static readonly FailureCode OverridesUnwritable = new(
        "ENV0502", ExitCode.StoreNotWritable, "The file of overrides cannot be written.", "Free space on the disk of the store, and check who may write to it.");

    /// <summary>An override names something that is not accepted.</summary>
    public static readonly FailureCode OverrideRefused = new(
        "ENV0503", ExitCode.BadData, "An override is refused.", "Give what the message says would be accepted.");

    /// <summary>Requirements have no name by which an override could be found again.</summary>
    public static readonly FailureCode OverrideWithoutOwner = new(
        "ENV0504", ExitCode.BadData, "An override has nothing that it could belong to.", "Give the binding an env_id, or the requirements a model_id.");

    /// <summary>Selected bindings exclude each other.</summary>
    public static readonly FailureCode BindingsConflict = new(
        "ENV0505", ExitCode.BadData, "Selected bindings contradict each other.", "Select one of the named bindings, or correct what they disagree about by an override.");

    /// <summary>Requirements are for another platform, or of a kind that is not installed here.</summary>
    public static readonly FailureCode BindingUnsupported = new(
        "ENV0506", ExitCode.BadData, "A binding cannot be installed here.", "Select another binding, or another host.");

    /// <summary>An installed environment does not have what was published.</summary>
    public static readonly FailureCode EnvironmentDamaged = new(
        "ENV0507", ExitCode.ChecksFailed, "An environment does not have the packages that it was published with.", "`slipway store verify --repair` mends it.");
}
