//! Where agents may work: below the permitted roots, links resolved first and looked at again when they start.

use super::FleetError;
use nix::{
    fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2},
    sys::stat::Mode,
};
use std::{
    fmt::Display,
    fs::DirBuilder,
    io,
    os::{fd::OwnedFd, unix::fs::DirBuilderExt as _},
    path::{Path, PathBuf},
};

/// The folders below which agents may work.
#[derive(Clone, Debug)]
pub struct Workspace {
    roots: Vec<PathBuf>,
    own: PathBuf,
}

impl Workspace {
    /// The workspace of a server: the permitted roots, and the folder where tasks get one of their own.
    pub fn open(roots: &[PathBuf], own: &Path) -> io::Result<Self> {
        private_folder(own)?;
        let roots = roots.iter().filter_map(|root| root.canonicalize().ok()).collect();
        Ok(Self { roots, own: own.canonicalize()? })
    }

    /// The folder to work in, without links: the one asked for if it is there and permitted, else a new one of
    /// its own named `name`.
    pub fn choose(&self, asked: Option<&str>, name: impl Display) -> Result<PathBuf, FleetError> {
        let asked = asked.map(str::trim).unwrap_or_default();
        if asked.is_empty() {
            let own = self.own.join(name.to_string());
            private_folder(&own).map_err(|error| self.refuse(&own, &format!("cannot be made: {error}")))?;
            return Ok(own);
        }
        let path = Path::new(asked);
        if !path.is_absolute() {
            return Err(self.refuse(path, "is no absolute path"));
        }
        let real = path.canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => self.refuse(path, "does not exist"),
            io::ErrorKind::NotADirectory => self.refuse(path, "is no folder"),
            _ => self.refuse(path, &error.to_string()),
        })?;
        self.root_of(&real).ok_or_else(|| self.refuse(path, "is outside of where agents may work"))?;
        match real.is_dir() {
            true => Ok(real),
            false => Err(self.refuse(path, "is no folder")),
        }
    }

    /// Removes the own folder of this name where nothing was put into it; what agents made stays.
    pub fn leave(&self, name: impl Display) {
        // One that is not there, or not empty, is left as it is.
        let _ = std::fs::remove_dir(self.own.join(name.to_string()));
    }

    /// Opens a chosen folder. A link that took the place of any of its parts since is not followed.
    pub fn enter(&self, chosen: &Path) -> Result<OwnedFd, FleetError> {
        let root =
            self.root_of(chosen).ok_or_else(|| self.refuse(chosen, "is outside of where agents may work"))?;
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let refused = |errno: nix::Error| match errno {
            nix::Error::ENOENT => self.refuse(chosen, "does not exist any more"),
            nix::Error::ELOOP | nix::Error::EXDEV => self.refuse(chosen, "has become a link to elsewhere"),
            nix::Error::ENOTDIR => self.refuse(chosen, "is no folder any more"),
            errno => self.refuse(chosen, errno.desc()),
        };
        let below = chosen.strip_prefix(root).unwrap_or(Path::new(""));
        let root = open(root, flags | OFlag::O_NOFOLLOW, Mode::empty()).map_err(refused)?;
        if below.as_os_str().is_empty() {
            return Ok(root);
        }
        let resolve = ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_SYMLINKS;
        openat2(&root, below, OpenHow::new().flags(flags).resolve(resolve)).map_err(refused)
    }

    /// The permitted roots.
    pub fn roots(&self) -> Vec<String> {
        self.roots.iter().map(|root| root.display().to_string()).collect()
    }

    fn root_of(&self, real: &Path) -> Option<&Path> {
        let permitted = self.roots.iter().chain([&self.own]).filter(|root| real.starts_with(root));
        permitted.max_by_key(|root| root.components().count()).map(PathBuf::as_path)
    }

    fn refuse(&self, path: &Path, reason: &str) -> FleetError {
        let roots = self.roots();
        let places = match roots.as_slice() {
            [] => "no folder is permitted here; name some with QUARTERDECK_WORKSPACE_ROOTS".to_owned(),
            roots => format!("choose a folder below {} (QUARTERDECK_WORKSPACE_ROOTS)", roots.join(" or ")),
        };
        let shown: String = path.display().to_string().chars().take(300).collect();
        FleetError::DirectoryRefused {
            message: format!("{shown} {reason}; {places}, or leave it empty"),
            roots,
        }
    }
}

/// Makes a folder that its owner alone may see, unless it is there.
fn private_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::symlink};

    fn workspace(folder: &Path) -> Workspace {
        for name in ["root/project/deep", "outside/secret"] {
            fs::create_dir_all(folder.join(name)).unwrap();
        }
        Workspace::open(&[folder.join("root")], &folder.join("data/work")).unwrap()
    }

    fn refusal(workspace: &Workspace, asked: &Path) -> String {
        match workspace.choose(asked.to_str(), "t1") {
            Err(FleetError::DirectoryRefused { message, roots }) => {
                assert_eq!(roots, workspace.roots());
                message
            }
            other => panic!("{} was not refused: {other:?}", asked.display()),
        }
    }

    #[test]
    fn a_task_without_a_folder_gets_one_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        for asked in [None, Some(""), Some("  ")] {
            let chosen = workspace.choose(asked, "t1").unwrap();
            assert!(chosen.is_dir() && chosen.ends_with("data/work/t1"));
            workspace.enter(&chosen).unwrap();
        }
    }

    #[test]
    fn an_own_folder_goes_with_its_task_unless_something_was_made_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let [empty, full] = ["t1", "t2"].map(|name| workspace.choose(None, name).unwrap());
        fs::write(full.join("result"), "42").unwrap();
        ["t1", "t2", "t3"].iter().for_each(|name| workspace.leave(name));
        assert_eq!((empty.exists(), full.join("result").exists()), (false, true));
    }

    #[test]
    fn a_folder_below_a_root_is_taken_and_one_outside_refused() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let project = folder.path().join("root/project");
        assert_eq!(workspace.choose(project.to_str(), "t1").unwrap(), project.canonicalize().unwrap());
        let outside = folder.path().join("root/../outside");
        assert!(refusal(&workspace, &outside).contains("outside of where agents may work"));
        assert!(refusal(&workspace, &folder.path().join("root-but-not")).contains("does not exist"));
        assert!(refusal(&workspace, Path::new("root/project")).contains("no absolute path"));
        fs::write(folder.path().join("root/file"), "x").unwrap();
        assert!(refusal(&workspace, &folder.path().join("root/file")).contains("no folder"));
    }

    #[test]
    fn a_link_counts_as_what_it_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        symlink(folder.path().join("outside"), folder.path().join("root/link")).unwrap();
        assert!(refusal(&workspace, &folder.path().join("root/link/secret")).contains("outside"));
        symlink(folder.path().join("root/project"), folder.path().join("root/short")).unwrap();
        let chosen = workspace.choose(folder.path().join("root/short").to_str(), "t1").unwrap();
        assert!(chosen.ends_with("root/project"));
    }

    #[test]
    fn a_link_that_takes_a_folders_place_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let chosen = workspace.choose(folder.path().join("root/project/deep").to_str(), "t1").unwrap();
        workspace.enter(&chosen).unwrap();
        fs::rename(folder.path().join("root/project"), folder.path().join("root/moved")).unwrap();
        fs::create_dir_all(folder.path().join("outside/deep")).unwrap();
        symlink(folder.path().join("outside"), folder.path().join("root/project")).unwrap();
        assert!(workspace.enter(&chosen).unwrap_err().to_string().contains("link to elsewhere"));
    }

    #[test]
    fn no_race_of_links_leads_outside() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = workspace(folder.path());
        let place = folder.path().join("root/project");
        let chosen = workspace.choose(place.to_str(), "t1").unwrap();
        let inside = fs::metadata(&place).unwrap();
        let (aside, link) = (folder.path().join("root/aside"), folder.path().join("root/link"));
        symlink(folder.path().join("outside"), &link).unwrap();
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    fs::rename(&place, &aside).unwrap();
                    fs::rename(&link, &place).unwrap();
                    fs::rename(&place, &link).unwrap();
                    fs::rename(&aside, &place).unwrap();
                }
            });
            for _ in 0..20_000 {
                if let Ok(entered) = workspace.enter(&chosen) {
                    use std::os::{fd::AsRawFd as _, unix::fs::MetadataExt as _};
                    let entered = fs::metadata(format!("/proc/self/fd/{}", entered.as_raw_fd())).unwrap();
                    assert_eq!(entered.ino(), inside.ino());
                }
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}
