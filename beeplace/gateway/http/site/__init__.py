"""What makes the pages a site: previews of shared links, pages for errors, well-known files, files of other builds."""
