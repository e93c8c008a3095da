"""python -m docs.make: write the generated parts of every page, and the picture."""

from docs.make import pages, picture

if __name__ == "__main__":
    for page in pages.every():
        page.write_text(pages.current(page), encoding="utf-8")
    picture.main()
